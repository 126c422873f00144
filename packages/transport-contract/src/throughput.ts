/** Range of a throughput report. A week is Monday to Sunday. */
export type ThroughputPeriod = 'day' | 'week' | 'month';

/**
 * Query of `GET /metrics/throughput`. Both are required.
 *
 * @since 0.10.0
 */
export interface ThroughputQuery {
  readonly period: ThroughputPeriod;
  /** `YYYY-MM-DD` for a day or week, `YYYY-MM` for a month; a date that exists. */
  readonly date: string;
}

/** What one model produced in the range. */
export interface ThroughputModelStat {
  /** Full name, `<credential>/<model>`. */
  readonly model: string;
  /** Output tokens per second of generation, over all its turns, two decimals. 0 without generation time. */
  readonly tokensPerSecond: number;
  readonly totalOutputTokens: number;
  /** Milliseconds of generation; waiting for tools does not count. */
  readonly totalGenMs: number;
  /** Number of turns. */
  readonly turns: number;
}

/** `GET /metrics/throughput?period=&date=`: how fast the models were. */
export interface ThroughputResponse {
  readonly period: ThroughputPeriod;
  /** As asked for: `YYYY-MM-DD` for a day or week, `YYYY-MM` for a month. */
  readonly date: string;
  /** Start of the range, epoch milliseconds, inclusive. Days are days of the server's time zone. */
  readonly start: number;
  /** End of the range, epoch milliseconds, exclusive. */
  readonly end: number;
  /** Fastest first, equal ones by name. Empty when no turn fell into the range. */
  readonly models: readonly ThroughputModelStat[];
}
