/**
 * Who a message is from. `system` instructions of the backend · `user` what a person sent · `assistant` what a model produced ·
 * `tool` what a tool returned to the model.
 */
export type Role = 'system' | 'user' | 'assistant' | 'tool';

/**
 * Every {@link Role}.
 *
 * @since 0.7.0
 */
export const ROLES = ['system', 'user', 'assistant', 'tool'] as const;
