import type { Random } from '../random.ts';

/** What people and machines really send, and what has broken programs before. */
const TEXTS: readonly string[] = [
  'hello',
  'a',
  '0',
  '-1',
  '1',
  'null',
  'undefined',
  'true',
  'words: 2',
  'demo/fast',
  'demo/none',
  'nobody/nothing',
  'day',
  'week',
  'month',
  'active',
  '2026-01-05',
  '2026-01',
  '0000-01-01',
  '9999-12',
  '/srv/work',
  '../../etc/passwd',
  "'; drop table turn; --",
  '%00',
  '%2e%2e%2f',
  '$' + '{1+1}',
  '{{constructor}}',
  '<script>alert(1)</script>',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '日本語のテキスト',
  'Grüße aus Köln',
  '👩‍👩‍👧‍👦🏳️‍🌈',
  'e\u0301\u0301\u0301',
  '\u202egnp.exe',
  '\ufeffbom',
  '\u2028\u2029',
  ' leading and trailing ',
  '\t\n\r',
  '   ',
  'a\u0000b',
  '\u0001\u001f\u007f\u0085',
  '.',
  '..',
  '...',
  'a/b',
  'a\\b',
  'a:b',
  'a?b#c&d=e',
  'turn:x',
  '1e309',
  '9007199254740993',
  'I\u0307\u0130ıſK',
  '\uffff\ufffe',
];

const NUMBERS: readonly number[] = [
  0,
  -0,
  1,
  -1,
  2,
  50,
  200,
  201,
  0.5,
  -0.5,
  1e-300,
  1e308,
  -1e308,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 32,
  Number.MAX_SAFE_INTEGER,
  Number.MAX_SAFE_INTEGER + 1,
  Number.MIN_SAFE_INTEGER,
];

/** Text as it may come from outside; always well-formed. */
export function hostileText(random: Random): string {
  const kind = random.integer(0, 9);
  if (kind < 5) return random.pick(TEXTS);
  if (kind < 7) return Array.from({ length: random.integer(0, 24) }, () => visible(random)).join('');
  if (kind < 9) return Array.from({ length: random.integer(0, 24) }, () => anyCharacter(random)).join('');
  return random.pick(TEXTS).repeat(random.integer(1, 60));
}

export function hostileNumber(random: Random): number {
  return random.chance(0.7) ? random.pick(NUMBERS) : random.integer(-1_000, 1_000_000);
}

/** Any JSON value, nested at most `depth` deep and small. */
export function hostileJson(random: Random, depth = 3): unknown {
  const kind = random.integer(0, depth > 0 ? 6 : 4);
  if (kind === 0) return null;
  if (kind === 1) return random.chance(0.5);
  if (kind === 2) return hostileNumber(random);
  if (kind <= 4) return hostileText(random);
  const children = Array.from({ length: random.integer(0, 4) }, () => hostileJson(random, depth - 1));
  if (kind === 5) return children;
  const free = (key: string) => !['__proto__', 'constructor', 'prototype'].includes(key);
  const keys = children.map(() => hostileText(random)).filter(free);
  return Object.fromEntries(keys.map((key, index) => [key, children[index]]));
}

/** A value of another JSON type than the one given. */
export function otherType(value: unknown, random: Random): unknown {
  const kinds: readonly unknown[] = [null, true, hostileNumber(random), hostileText(random), [], {}, [value]];
  return random.pick(kinds.filter((kind) => typeOf(kind) !== typeOf(value)));
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function visible(random: Random): string {
  return String.fromCharCode(random.integer(0x21, 0x7e));
}

function anyCharacter(random: Random): string {
  const point = random.pick([
    random.integer(0, 0x2ff),
    random.integer(0, 0xd7ff),
    random.integer(0xe000, 0x10ffff),
  ]);
  return String.fromCodePoint(point);
}
