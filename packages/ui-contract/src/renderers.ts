/**
 * Renderer id of a {@link TablePayload}.
 *
 * @since 0.3.0
 */
export const TABLE_RENDERER_ID = 'table';

/**
 * A table.
 *
 * @since 0.3.0
 */
export interface TablePayload {
  /** Heads, in order. */
  readonly columns: readonly string[];
  /** Cells in the order of the columns, as many in each row as there are columns. */
  readonly rows: readonly (readonly (string | number | boolean)[])[];
}

/**
 * Renderer id of a {@link TimerPayload}.
 *
 * @since 0.3.0
 */
export const TIMER_RENDERER_ID = 'timer';

/**
 * Counts down to a moment. Times are the backend's: correct them by the difference to `hello.serverTime`.
 *
 * @since 0.3.0
 */
export interface TimerPayload {
  /** What people read. */
  readonly label: string;
  /** Epoch milliseconds it counts down to; later than the moment the surface was sent. Null: nothing is planned. */
  readonly targetAt: number | null;
  /** Epoch milliseconds it counts from: when the same happened last, or the wait began. Null: not known. */
  readonly sinceAt: number | null;
  /** Why nothing is planned, or what is going on. Absent: the times say it all. */
  readonly note?: string;
}

/**
 * Renderer id of a {@link SeriesPayload}.
 *
 * @since 0.3.0
 */
export const SERIES_RENDERER_ID = 'series';

/**
 * Figures over time, for a line or bars.
 *
 * @since 0.3.0
 */
export interface SeriesPayload {
  /** What people read. */
  readonly label: string;
  /** Unit of the values for people, for example `%`. Absent: none. */
  readonly unit?: string;
  /** Oldest first. */
  readonly points: readonly SeriesPoint[];
}

/**
 * One figure of a {@link SeriesPayload}.
 *
 * @since 0.3.0
 */
export interface SeriesPoint {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Null: nothing could be measured then; leave a gap. */
  readonly value: number | null;
  /** True: it stands out, for example as a miss; mark it by more than colour. Absent: it does not. */
  readonly marked?: boolean;
  /** More about this point, for people. Absent: nothing. */
  readonly note?: string;
}
