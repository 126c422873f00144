import type { Random } from '../random.ts';

/** The same in a random order. */
export function shuffled<T>(random: Random, list: readonly T[]): T[] {
  const left = [...list];
  return list.flatMap(() => left.splice(random.integer(0, left.length - 1), 1));
}
