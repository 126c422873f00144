import type { LanguageModelV3CallOptions } from '@ai-sdk/provider';
import { segments } from './read-prompt.ts';
import { hash } from './seed.ts';

/** Tokens of a prompt by what a provider's cache would have made of them. Together they are the prompt. */
export interface PromptTokens {
  readonly total: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
}

/** No shorter prefix is cached. Providers want about a thousand tokens; here a short try shows what a cache does. */
const MINIMUM = 64;
const PREFIXES = 10_000;

/** Characters of text make tokens at about this rate. */
export function tokensOf(characters: number): number {
  return Math.ceil(characters / 4);
}

/** Remembers the beginnings of prompts while the process lives, the oldest unused ones only as long as there is room. */
export class PrefixCache {
  readonly #prefixes = new Set<number>();

  /** Counts one prompt and remembers it. */
  count(model: string, options: LanguageModelV3CallOptions): PromptTokens {
    let characters = 0;
    let at = hash(model);
    let cacheRead = 0;
    for (const segment of segments(options)) {
      characters += segment.length;
      at = hash(segment, at);
      const tokens = tokensOf(characters);
      if (tokens < MINIMUM) continue;
      // Deleting first makes it the youngest.
      if (this.#prefixes.delete(at)) cacheRead = tokens;
      this.#prefixes.add(at);
    }
    this.#forget();
    const total = Math.max(1, tokensOf(characters));
    return { total, cacheRead, cacheWrite: total < MINIMUM ? 0 : total - cacheRead };
  }

  #forget(): void {
    for (const oldest of this.#prefixes) {
      if (this.#prefixes.size <= PREFIXES) return;
      this.#prefixes.delete(oldest);
    }
  }
}
