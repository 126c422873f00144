import { introduction, sentences } from './prose.ts';
import type { ReadPrompt } from './read-prompt.ts';

const PROMPTS = 10_000;

/** Counts how often a prompt was answered, while the process lives; of many prompts the oldest are forgotten. */
export class AnswerCount {
  readonly #counts = new Map<number, number>();

  /** How often this prompt was answered with this one, from 1. */
  next(seed: number): number {
    const count = (this.#counts.get(seed) ?? 0) + 1;
    // Deleting first makes it the youngest.
    this.#counts.delete(seed);
    this.#counts.set(seed, count);
    for (const oldest of this.#counts.keys()) {
      if (this.#counts.size <= PROMPTS) break;
      this.#counts.delete(oldest);
    }
    return count;
  }
}

/** What the model `fickle` answers to a prompt for the `count`th time: something else than before, and the opposite of it. */
export function fickle(prompt: ReadPrompt, count: number): readonly string[] {
  const opinion =
    count === 1
      ? 'My answer is yes. Ask me the same again and I will say the opposite.'
      : `This is my answer number ${count} to the same words. I take back number ${count - 1}: my answer is ${count % 2 === 1 ? 'yes' : 'no'}.`;
  return [introduction('fickle', prompt), `\n\n${opinion}\n\n${sentences(prompt.seed + count, 3)}`];
}
