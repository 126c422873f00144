import type { Random } from '../random.ts';

/** Raw bytes that are to stand in a column as text: what SQLite never checks. */
export class TextBytes {
  readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }
}

export type Stored = string | number | bigint | Buffer | null | TextBytes;

const DEEP = 20_000;
const LONG = 200_000;

/** Texts that have broken programs. Built when needed: some are long. */
const weirdTexts: readonly (() => string | TextBytes)[] = [
  () => '',
  () => ' ',
  () => '\u0000',
  () => 'a\u0000b',
  () => '__proto__',
  () => 'constructor',
  () => '../../etc/passwd',
  () => "'; drop table chunk; --",
  () => '💥\u202e\ufeff',
  () => 'x'.repeat(LONG),
  () => '{',
  () => 'null',
  () => '[]',
  () => '1e999',
  () => '"\\ud800"',
  () => '[1,"a",null]',
  () => '['.repeat(DEEP),
  () => `${'['.repeat(DEEP)}${']'.repeat(DEEP)}`,
  () => `${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`,
  () => '{"__proto__":{"polluted":true}}',
  () => '{"type":"text","text":"a"}{"type":"text"}',
  () => new TextBytes(Buffer.from([0xff, 0xfe, 0x80])),
  () => new TextBytes(Buffer.from('7b2274797065223a22c328227d', 'hex')),
  () => new TextBytes(Buffer.from([0xed, 0xa0, 0x80])),
];

const weirdNumbers: readonly (number | bigint)[] = [
  0,
  -1,
  1,
  1.5,
  2 ** 31,
  2 ** 53,
  1e308,
  9_223_372_036_854_775_807n,
  -9_223_372_036_854_775_808n,
];

const weirdJson: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e21,
  '',
  'x',
  '\ud800',
  '__proto__',
  [],
  {},
  [[]],
  [null],
  { type: 'text-delta' },
  { toString: 1, valueOf: 2 },
];

/** Something that may stand in a column where `value` stood. SQLite keeps any type in any column. */
export function weirdValue(value: unknown, random: Random): Stored {
  // One that was made too deep to be written again is hit as a text.
  const isJson = typeof value === 'string' && value.length < DEEP && /^[[{]/.test(value);
  if (isJson && random.chance(0.6)) return mutatedJson(value, random);
  switch (random.integer(0, 4)) {
    case 0:
      return random.pick(weirdNumbers);
    case 1:
      return random.bytes(random.integer(0, 12));
    case 2:
      return typeof value === 'string' ? Buffer.from(value) : String(value);
    case 3:
      return typeof value === 'number' ? value + random.pick([1, -1, 1_000]) : random.pick(weirdTexts)();
    default:
      return random.pick(weirdTexts)();
  }
}

/** The same JSON but for one place; now and then no JSON any more. */
export function mutatedJson(json: string, random: Random): string {
  if (random.chance(0.15)) return json.slice(0, random.integer(0, json.length - 1));
  if (random.chance(0.1)) return json + random.pick([json, '}', ' x', '\u0000']);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return '{}';
  }
  const text = JSON.stringify(changed(value, random));
  // What a stringifier would not write, a disk may hold all the same.
  if (random.chance(0.1)) return text.replace(/\d+/, '1e999');
  if (random.chance(0.1)) return text.replace('{', '{"__proto__":{"polluted":true},');
  return text;
}

function changed(value: unknown, random: Random): unknown {
  if (typeof value !== 'object' || value === null || random.chance(0.2)) return random.pick(weirdJson);
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [...value] : { ...value };
  const keys = Object.keys(copy);
  if (keys.length === 0) return random.pick(weirdJson);
  const key = random.pick(keys);
  const held = copy as Record<string, unknown>;
  if (random.chance(0.25)) delete held[key];
  else if (random.chance(0.15)) held[`${key}x`] = held[key];
  else held[key] = changed(held[key], random);
  return copy;
}
