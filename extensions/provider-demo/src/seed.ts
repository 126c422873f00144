/** A 53-bit hash of `text`, continued from `start`. Not for secrets. */
export function hash(text: string, start = 0): number {
  let a = (0xdeadbeef ^ start) | 0;
  let b = (0x41c6ce57 ^ Math.floor(start / 2 ** 32)) | 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return 4294967296 * (2097151 & b) + (a >>> 0);
}

/** Numbers in [0, 1), always the same ones for the same seed. */
export function* fractions(seed: number): Generator<number, never> {
  let state = (seed ^ Math.floor(seed / 2 ** 32)) | 0;
  for (;;) {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    yield ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }
}

/** The elements in an order that follows from the seed. */
export function shuffled<T>(elements: readonly T[], seed: number): T[] {
  const chance = fractions(seed);
  return elements
    .map((element) => ({ element, at: chance.next().value }))
    .sort((a, b) => a.at - b.at)
    .map(({ element }) => element);
}
