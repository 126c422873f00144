const VERSION = /^(\d+)\.(\d+)\.(\d+)(?:[-+][0-9A-Za-z.+-]*)?$/;
const RANGE = /^([\^~]?)(\d+\.\d+\.\d+.*)$/;

type Version = readonly [major: number, minor: number, patch: number];

/** Whether this is a semantic version. */
export function isVersion(text: string): boolean {
  return VERSION.test(text);
}

/** `*`, `1.2.3`, `~1.2.3` (same minor) or `^1.2.3` (same leftmost part that is not 0). Anything else is satisfied by nothing. */
export function satisfies(version: string, range: string): boolean {
  const have = parse(version);
  if (have === undefined) return false;
  if (range === '*') return true;
  const [, sign, text = ''] = RANGE.exec(range) ?? [];
  const want = parse(text);
  if (want === undefined) return false;
  if (!sameUpTo(fixedParts(sign ?? '', want), have, want)) return false;
  return compare(have, want) >= 0;
}

/** How many leading parts must be equal. */
function fixedParts(sign: string, [major, minor]: Version): number {
  if (sign === '') return 3;
  if (sign === '~') return 2;
  if (major > 0) return 1;
  return minor > 0 ? 2 : 3;
}

function sameUpTo(parts: number, a: Version, b: Version): boolean {
  return a.slice(0, parts).every((part, index) => part === b[index]);
}

function compare(a: Version, b: Version): number {
  const differing = a.findIndex((part, index) => part !== b[index]);
  return differing < 0 ? 0 : (a[differing] ?? 0) - (b[differing] ?? 0);
}

function parse(text: string): Version | undefined {
  const [, major, minor, patch] = VERSION.exec(text) ?? [];
  if (major === undefined || minor === undefined || patch === undefined) return undefined;
  return [Number(major), Number(minor), Number(patch)];
}
