/** One run of an extension, from its activation to its end or its death. */
export interface Life {
  /** True once the process of this run is gone: nothing it waits for will ever come. */
  dead: boolean;
}

/** Like `work`, but without an answer, good or bad, once the process that asked is gone. */
export function unlessDead<T>(life: Life, work: () => T | Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    if (life.dead) return;
    Promise.resolve()
      .then(work)
      .then(
        (value) => {
          if (!life.dead) resolve(value);
        },
        (error: unknown) => {
          if (!life.dead) reject(error);
        },
      );
  });
}

/** Lets everything go on that waits for nothing but other work in memory. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
