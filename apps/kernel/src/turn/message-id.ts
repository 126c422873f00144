const TURN_PART = 22;
const INDEX_PART = 4;

/**
 * Id of the message with this index in a turn. Made from the turn's id alone, so that the fold of stored events gives the same ids whenever and by
 * whichever start of the kernel it is made. The 22 characters it keeps of the turn's 26 are 110 random bits.
 */
export function messageIdOf(turnId: string, index: number): string {
  const body = turnId.slice(turnId.indexOf('_') + 1);
  return `msg_${body.slice(0, TURN_PART).padEnd(TURN_PART, '0')}${crockford(index)}`;
}

/** base 32 as Crockford writes it: no i, l, o, u. */
function crockford(index: number): string {
  return index
    .toString(32)
    .padStart(INDEX_PART, '0')
    .replace(/[i-v]/g, (digit) => 'jkmnpqrstvwxyz'.charAt(digit.charCodeAt(0) - 'i'.charCodeAt(0)));
}
