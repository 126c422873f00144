import type { Benchmark } from './figures.ts';
import { firstToken } from './first-token.ts';
import { fortyTurns } from './forty-turns.ts';

/** Every benchmark, in the order they run. */
export const benchmarks: readonly Benchmark[] = [firstToken, fortyTurns];
