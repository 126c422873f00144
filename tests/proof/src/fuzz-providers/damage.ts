import type { Random } from '../random.ts';

/** One damage to the bytes of a stream. Its own seed, so that the others can be left out when a finding is made smaller. */
export interface Damage {
  readonly kind: keyof typeof damages;
  readonly seed: number;
}

const OVERFLOWING = ['-1', '0.5', '1e999', '4294967295', '9007199254740993', '-0', '1e-7', '00'];
const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
const VALUES = [
  ...[
    'null',
    'true',
    '""',
    '[]',
    '{}',
    '"x"',
    '7',
    '[[1]]',
    '{"error":{"message":"x"}}',
    '"\\ud83d"',
    '"\\u0000"',
  ],
  ...[
    '"__proto__"',
    '"toString"',
    '"constructor"',
    '{"__proto__":{"x":1}}',
    '"stop"',
    '"message_stop"',
    '"[DONE]"',
  ],
  ...[
    deep(20),
    deep(2_000),
    deep(20_000),
    nested(300),
    nested(9_000),
    `"${'x'.repeat(20_000)}"`,
    '"/srv/app/x.js:1:2"',
  ],
];
const NAMES = [
  'type',
  'index',
  'delta',
  'error',
  'usage',
  'choices',
  'content_block',
  'id',
  'finish_reason',
  '__proto__',
];
const LINES = [
  ...[
    '',
    ':',
    ': comment',
    'data',
    'data:',
    'data: ',
    'data: [DONE]',
    'data: {}',
    'data: null',
    'data: 7',
    'data: "x"',
  ],
  ...[
    'event: error',
    'event:',
    'id: 1',
    'retry: 5',
    'retry: x',
    '\u0000',
    '\ufeff',
    'garbage',
    'data: {"error":"it broke"}',
  ],
  'data: {"type":"error","error":{"type":"overloaded_error","message":"x"}}',
  'data: {"error":{"message":"at Object.<anonymous> (/srv/app/x.js:1:2)","code":500}}',
];

type Change = (text: string, random: Random) => string;

/** Kinds of damage, on Latin-1 so that every byte is a character. */
export const damages = {
  flip: (text, random) =>
    replaced(text, random.integer(0, text.length - 1), 1, (old) => flipped(old, random)),
  insert: (text, random) =>
    replaced(text, random.integer(0, text.length), 0, () =>
      random.bytes(random.integer(1, 8)).toString('latin1'),
    ),
  remove: (text, random) => replaced(text, random.integer(0, text.length), random.integer(1, 40), () => ''),
  cut: (text, random) => text.slice(0, random.integer(0, text.length)),
  repeat: (text, random) =>
    replaced(text, random.integer(0, text.length), random.integer(1, 200), (old) => old + old),
  swapLines: (text, random) => rearranged(text, '\n', random, swap),
  insertLine: (text, random) =>
    rearranged(text, '\n', random, (lines) => insertAny(lines, latin1(random.pick(LINES)), random)),
  repeatEvent: (text, random) =>
    rearranged(text, '\n\n', random, (events) => insertAny(events, random.pick(events), random)),
  manyEvents: (text, random) =>
    rearranged(text, '\n\n', random, (events) => {
      const event = random.pick(events);
      return insertAny(
        events,
        Array.from({ length: random.integer(2, 60) }, () => event).join('\n\n'),
        random,
      );
    }),
  removeEvent: (text, random) =>
    rearranged(text, '\n\n', random, (events) => {
      const gone = random.integer(0, events.length - 1);
      return events.filter((_, index) => index !== gone);
    }),
  swapEvents: (text, random) => rearranged(text, '\n\n', random, swap),
  number: (text, random) => anyMatch(text, /-?\d+(?:\.\d+)?/g, random, () => random.pick(OVERFLOWING)),
  value: (text, random) =>
    anyMatch(text, /(?<=":\s*)(?:"(?:[^"\\]|\\.){0,60}"|\d+|null|\[\]|\{\})/g, random, () =>
      latin1(random.pick(VALUES)),
    ),
  name: (text, random) => anyMatch(text, /"[a-z_]+"(?=:)/g, random, () => `"${random.pick(NAMES)}"`),
  lineEnds: (text, random) => text.replaceAll('\n', random.pick(['\r\n', '\r', '\n\n', '\n\r'])),
  mark: (text) => `\u00ef\u00bb\u00bf${text}`,
} satisfies Record<string, Change>;

export const damageKinds = Object.keys(damages) as readonly Damage['kind'][];

/** The bytes with all damages done to them, in order. */
export function damaged(bytes: Buffer, done: readonly Damage[], randomOf: (seed: number) => Random): Buffer {
  let text = bytes.toString('latin1');
  for (const { kind, seed } of done) {
    const change: Change = damages[kind];
    if (text !== '') text = change(text, randomOf(seed));
  }
  return Buffer.from(text, 'latin1');
}

function replaced(text: string, at: number, length: number, by: (old: string) => string): string {
  return text.slice(0, at) + by(text.slice(at, at + length)) + text.slice(at + length);
}

function flipped(byte: string, random: Random): string {
  return String.fromCharCode(byte.charCodeAt(0) ^ (1 << random.integer(0, 7)));
}

function rearranged(
  text: string,
  between: string,
  random: Random,
  change: (parts: readonly string[], random: Random) => readonly string[],
): string {
  return change(text.split(between), random).join(between);
}

function swap(parts: readonly string[], random: Random): readonly string[] {
  const [a, b] = [random.integer(0, parts.length - 1), random.integer(0, parts.length - 1)];
  return parts.map((part, index) => (index === a ? parts[b] : index === b ? parts[a] : part) ?? '');
}

function insertAny(parts: readonly string[], part: string, random: Random): readonly string[] {
  const at = random.integer(0, parts.length);
  return [...parts.slice(0, at), part, ...parts.slice(at)];
}

function anyMatch(text: string, pattern: RegExp, random: Random, by: () => string): string {
  const found = [...text.matchAll(pattern)];
  if (found.length === 0) return text;
  const { index, 0: old } = random.pick(found);
  return text.slice(0, index) + by() + text.slice(index + old.length);
}

function latin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
