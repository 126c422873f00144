/** What the order is made of. */
export interface Dependent {
  readonly id: string;
  readonly dependsOn: readonly string[];
}

/** The order in which extensions are activated, and who cannot be. */
export interface ActivationOrder<T extends Dependent> {
  /** Each behind all it depends on; where nothing decides, as they were given. */
  readonly order: readonly T[];
  /** With a reason for operators. */
  readonly impossible: readonly { readonly extension: T; readonly reason: string }[];
}

/** `unavailable`: ids that were disabled before, by which their dependants are too. Ids are unique. */
export function activationOrder<T extends Dependent>(
  extensions: readonly T[],
  unavailable: ReadonlySet<string>,
): ActivationOrder<T> {
  const byId = new Map(extensions.map((extension) => [extension.id, extension]));
  const placed = new Map<string, T>();
  const reasons = new Map<T, string>();

  /** `path`: who is being placed, from the outermost on. False: this one cannot be. */
  function place(extension: T, path: readonly string[]): boolean {
    if (placed.has(extension.id)) return true;
    if (reasons.has(extension)) return false;
    if (path.includes(extension.id)) {
      const cycle = path.slice(path.indexOf(extension.id));
      for (const id of cycle) {
        const member = byId.get(id);
        if (member !== undefined)
          reasons.set(member, `it depends on itself: ${[...cycle, extension.id].join(' → ')}`);
      }
      return false;
    }
    for (const id of extension.dependsOn) {
      const wanted = byId.get(id);
      const missing = wanted === undefined;
      if (missing || !place(wanted, [...path, extension.id])) {
        const why = missing && !unavailable.has(id) ? 'is not there' : 'is disabled';
        if (!reasons.has(extension)) reasons.set(extension, `it depends on "${id}", which ${why}`);
        return false;
      }
    }
    placed.set(extension.id, extension);
    return true;
  }

  for (const extension of extensions) place(extension, []);
  return {
    order: [...placed.values()],
    impossible: [...reasons].map(([extension, reason]) => ({ extension, reason })),
  };
}
