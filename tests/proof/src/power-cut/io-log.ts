/** What native/power-cut.c wrote down, read back. */
export interface IoRecord {
  readonly kind: keyof typeof KINDS;
  /** Descriptor of an open, a change, a flush or a connection; 0 for changes of names. */
  readonly fd: number;
  /** Offset of a write, size of a truncation; 1 for an open that empties the file. */
  readonly number: number;
  /** Written or sent bytes; or the name, for a rename two with a zero byte between. */
  readonly data: Buffer;
}

const KINDS = {
  start: 'S',
  open: 'O',
  write: 'W',
  truncate: 'T',
  flush: 'F',
  'flush-directory': 'D',
  unlink: 'U',
  rename: 'R',
  accept: 'A',
  send: 'M',
  'taken-in-part': 'C',
} as const;

const kindOf = new Map(
  Object.entries(KINDS).map(([kind, letter]) => [letter.charCodeAt(0), kind as IoRecord['kind']]),
);
const HEADER_BYTES = 24;

/** Every whole record, in order; one that a kill cut short at the end is left out. Throws on bytes that are no record. */
export function parseIoLog(log: Buffer): IoRecord[] {
  const records: IoRecord[] = [];
  for (let at = 0; at + HEADER_BYTES <= log.length; ) {
    const kind = kindOf.get(log.readUInt32LE(at));
    const number = Number(log.readBigInt64LE(at + 8));
    const end = at + HEADER_BYTES + Number(log.readBigUInt64LE(at + 16));
    if (kind === undefined) throw new Error(`byte ${at} of the log begins no record`);
    if (end > log.length) break;
    const data = log.subarray(at + HEADER_BYTES, end);
    const fd = log.readInt32LE(at + 4);
    const last = records.at(-1);
    // The socket was full: what it did not take is sent again.
    if (kind === 'taken-in-part' && last?.kind === 'send' && last.fd === fd) {
      records[records.length - 1] = { ...last, data: last.data.subarray(0, number) };
    } else records.push({ kind, fd, number, data });
    at = end;
  }
  return records;
}
