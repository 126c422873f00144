/** Its module waits for something that never comes. */
await new Promise((resolve) => {
  globalThis.neverCalled = resolve;
});

export const extension = undefined;
