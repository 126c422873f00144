/**
 * The reasons for which the backend itself ends a turn; a model provider may add its own.
 *
 * `stop` the model had said everything · `length` the model reached its output limit · `tool-calls` the model asked for tools that nobody
 * runs · `content-filter` the provider cut it off · `max-steps`, `max-tokens`, `max-duration`, `max-bytes` a ceiling of the backend ·
 * `error` it failed, see the `error` event · `aborted` stopped or closed by a user · `interrupted` the backend died or was shut down.
 *
 * @since 0.7.0
 */
export const DONE_REASONS = [
  'stop',
  'length',
  'tool-calls',
  'content-filter',
  'max-steps',
  'max-tokens',
  'max-duration',
  'max-bytes',
  'error',
  'aborted',
  'interrupted',
] as const;
