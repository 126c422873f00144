/** A damaged head can be any number; nobody needs more names than this to know that something is wrong. */
const MOST = 1_000;

/** Numbers from `from` to `to`, both included, that are not `present`, ascending; the first thousand of them. */
export function missingNumbers(present: ReadonlySet<number>, from: number, to: number): number[] {
  const missing: number[] = [];
  for (let number = from; number <= to && missing.length < MOST; number += 1) {
    if (!present.has(number)) missing.push(number);
  }
  return missing;
}
