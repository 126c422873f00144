/** A statement of the store's own making. Opaque outside storage/. */
export type Statement = object;
/** Rows a statement gave. Opaque outside storage/. */
export type Rows = readonly unknown[];
/** One typed question to the store inside a plan: `const turn = yield* q.runningTurn(id)`. */
export type Step<T> = Generator<Statement, T, Rows>;
