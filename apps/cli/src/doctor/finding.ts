/** What one check came to. */
export interface Finding {
  /** Kebab-case, stable. */
  readonly id: string;
  /** How people call what was checked. */
  readonly name: string;
  /** `warning` works, but not for long or not for everybody; `problem` keeps something from working. */
  readonly state: 'ok' | 'warning' | 'problem';
  /** What was seen, in words. Holds no secret. */
  readonly evidence: string;
  /** What to type next. Only where it is not ok. */
  readonly next?: string;
}

/** The findings of one check under its id and name. */
export interface Check {
  ok(evidence: string): Finding;
  warning(evidence: string, next: string): Finding;
  problem(evidence: string, next: string): Finding;
}

export function check(id: string, name: string): Check {
  return {
    ok: (evidence) => ({ id, name, state: 'ok', evidence }),
    warning: (evidence, next) => ({ id, name, state: 'warning', evidence, next }),
    problem: (evidence, next) => ({ id, name, state: 'problem', evidence, next }),
  };
}

/** A path or address as a shell takes it. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./~-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Bytes in the largest unit that leaves a number. */
export function bytesText(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}
