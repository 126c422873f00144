import { crc32 } from 'node:zlib';

/**
 * CRC-32 over the stored values of one row, its place included, so that a row that was changed or moved stands out. Against chance, not
 * against people: the hash chain of the log is for those.
 */
export function checksumOf(...values: readonly (string | number | null)[]): number {
  return crc32(values.join('\n'));
}
