const FINAL_TEXT = 0x81;
/** Lengths up to this stand in the second byte; these two in it say that the length follows in 2 or 8 bytes. */
const SHORT = 125;
const IN_TWO_BYTES = 126;
const IN_EIGHT_BYTES = 127;

/** Bytes of the header of a text message of this length, as a server sends it. */
export function headerBytes(length: number): number {
  if (length <= SHORT) return 2;
  return length <= 0xffff ? 4 : 10;
}

/** Writes the header of one whole text message (RFC 6455, unmasked) at the beginning of `target`. */
export function writeTextHeader(target: Buffer, length: number): void {
  target[0] = FINAL_TEXT;
  if (length <= SHORT) {
    target[1] = length;
  } else if (length <= 0xffff) {
    target[1] = IN_TWO_BYTES;
    target.writeUInt16BE(length, 2);
  } else {
    target[1] = IN_EIGHT_BYTES;
    target.writeBigUInt64BE(BigInt(length), 2);
  }
}
