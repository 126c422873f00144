/** Codes that mean "stop and say why" besides every 4xxx: policy violation and server error. */
const FINAL_CLOSE_CODES: readonly number[] = [1008, 1011];

/**
 * Whether a close by the server means "stop": 1008, 1011 and every 4xxx. Everything else, the missing close
 * frame of a lost line (1006) included, means "come back and resume".
 */
export function isFinalClose(code: number): boolean {
  return FINAL_CLOSE_CODES.includes(code) || (code >= 4000 && code <= 4999);
}
