/** What a figure of time may be. Pure, so that a planted absurdity can be shown to be caught. */
export interface TimedTurn {
  readonly turnId: string;
  readonly durationMs?: number;
  readonly startedAt?: number;
  readonly sealedAt?: number;
  readonly steps: readonly {
    readonly ttftMs?: number;
    readonly decodeMs?: number;
    readonly genTotalMs?: number;
  }[];
}

export interface ModelSpeed {
  readonly model: string;
  readonly tokensPerSecond: number;
  readonly totalOutputTokens: number;
  readonly totalGenMs: number;
  readonly turns: number;
}

/** Absurd figures of sealed turns; `longestMs` is how long any of them can have taken. Empty: all are sane. */
export function absurdTurns(turns: readonly TimedTurn[], longestMs: number): readonly string[] {
  return turns.flatMap(({ turnId, durationMs, startedAt, sealedAt, steps }) => {
    const spans = [durationMs, ...steps.flatMap((step) => [step.ttftMs, step.decodeMs, step.genTotalMs])];
    const found = spans
      .filter((ms) => ms !== undefined && !(ms >= 0 && ms <= longestMs))
      .map((ms) => `T1: the metrics of ${turnId} tell of ${ms} ms, and all took ${Math.round(longestMs)} ms`);
    if (startedAt !== undefined && sealedAt !== undefined && sealedAt < startedAt) {
      found.push(`T1: ${turnId} was sealed ${startedAt - sealedAt} ms before it started`);
    }
    return found;
  });
}

/** Absurd figures of a throughput report. Empty: all are sane. */
export function absurdSpeeds(models: readonly ModelSpeed[], longestMs: number): readonly string[] {
  return models.flatMap(({ model, tokensPerSecond, totalOutputTokens, totalGenMs, turns }) => {
    const figures = [tokensPerSecond, totalOutputTokens, totalGenMs, turns];
    const isSane = figures.every((figure) => Number.isFinite(figure) && figure >= 0);
    if (isSane && totalGenMs <= longestMs * Math.max(1, turns)) return [];
    return [`T1: the throughput of ${model} is ${figures.join(', ')} (speed, tokens, ms, turns)`];
  });
}
