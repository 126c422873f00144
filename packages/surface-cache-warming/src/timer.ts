/** Renderer id of a {@link CacheWarmingTimerPayload}. */
export const CACHE_WARMING_TIMER_RENDERER_ID = 'cache-warming-timer';

/** When the cache is warmed next, and when it was last. Times are the backend's: correct them by the difference to `hello.serverTime`. */
export interface CacheWarmingTimerPayload {
  /** Epoch milliseconds; later than the moment the surface was sent. Null: nothing is planned, or a turn or a warm runs. */
  readonly nextWarmAt: number | null;
  /** Epoch milliseconds at which the last warm was complete. Null: there was none. */
  readonly lastWarmAt: number | null;
}
