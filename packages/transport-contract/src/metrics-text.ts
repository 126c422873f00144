/**
 * `GET /metrics`: the figures of gateway and kernel in the text format of Prometheus. Not JSON.
 *
 * @since 0.13.0
 */
export type MetricsText = string;
