/** A write that has no outcome for it found no room on the disk. Nothing was written, and the same may be tried again. */
export class StoreFullError extends Error {
  override readonly name = 'StoreFullError';

  constructor() {
    super('the disk is full; nothing was stored');
  }
}
