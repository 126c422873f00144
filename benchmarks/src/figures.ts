/** One line of the table: what was measured, what it should be, and what the same costs without Dispatch. */
export interface Figure {
  readonly name: string;
  /** Number and unit, as measured. */
  readonly reached: string;
  /** Number and unit it is held against. */
  readonly target: string;
  /** The same work without Dispatch, in the same run; or the physical limit. Absent: there is no such thing. */
  readonly beside?: string;
  readonly holds: boolean;
}

/** One kind of measurement. */
export interface Benchmark {
  /** Kebab-case; what `npm run bench -- <name>` takes. */
  readonly name: string;
  /** `quick`: fewer rounds, to see whether it works; its figures mean little. `tell` prints what goes on. */
  run(options: { readonly quick: boolean; tell(line: string): void }): Promise<readonly Figure[]>;
}

/** The value below which `share` of the list lies (nearest rank). NaN for an empty list. */
export function percentile(list: readonly number[], share: number): number {
  const sorted = [...list].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export const median = (list: readonly number[]): number => percentile(list, 0.5);

export const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} ms`;
