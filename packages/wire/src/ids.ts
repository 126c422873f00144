/**
 * Names one turn. Minted by the backend, opaque: compare it, never take it apart. A branded string, so that it is assignable to
 * `string` and no other string passes for it by accident.
 */
export type TurnId = string & { readonly __brand: 'TurnId' };

/**
 * Names one step (one request to a model) of a turn. Minted by the backend, unique across conversations, opaque: compare it,
 * never take it apart. A branded string like {@link TurnId}.
 */
export type StepId = string & { readonly __brand: 'StepId' };
