/** The store cannot be opened as it stands, and opening it anyway could lose data. The message tells an operator what to do. */
export class StoreRefusedError extends Error {
  override readonly name = 'StoreRefusedError';
}
