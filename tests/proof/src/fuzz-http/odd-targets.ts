import type { z } from 'zod';
import { hostileText } from '../fuzz/hostile-values.ts';
import { acceptedBy } from '../fuzz/schema-values.ts';
import type { Random } from '../random.ts';

/** Methods that a path does not take, that HTTP hardly knows, or that no server knows. */
export function oddMethod(method: string, random: Random): string {
  const known = [
    'GET',
    'POST',
    'PUT',
    'DELETE',
    'PATCH',
    'HEAD',
    'OPTIONS',
    'TRACE',
    'PROPFIND',
    'PURGE',
    'QUERY',
  ];
  return random.pick(
    [...known, 'CONNECT', 'get', 'FOO', 'GETT', 'M-SEARCH'].filter((other) => other !== method),
  );
}

const ODD_SEGMENTS: readonly string[] = [
  '..',
  '.',
  '%2e%2e',
  '%2E',
  '..%2f..%2fhealth',
  '%2e%2e%2fhealth',
  'a%2fb',
  '%00',
  '%',
  '%zz',
  '%c3%28',
  '%E0%A4%A',
  '%ed%a0%80',
  '',
  '/',
  'a/b',
  'a//b',
  '//evil.example/a',
  'a;b=c',
  'a\\b',
  '..\\..',
  'a%5cb',
  '%25',
  '%2525',
  '%3f',
  '%23',
  'a+b',
  'a%20b',
  'a%0d%0aSet-Cookie:x',
  'ü',
  '日本',
  ':id',
  '*',
  '{id}',
  '%F0%9F%8E%88'.repeat(128),
  '%F0%9F%8E%88'.repeat(129),
  'x'.repeat(128),
  'x'.repeat(129),
  'x'.repeat(10_000),
  '%41'.repeat(3_000),
  '__proto__',
  'constructor',
];

/** A path segment in the place of an id, as it would stand in the bytes. */
export function oddId(random: Random): string {
  if (random.chance(0.7)) return random.pick(ODD_SEGMENTS);
  const text = hostileText(random).replace(/[\0-\x20\x7f#?]/g, '');
  return random.chance(0.5) ? text : encodeURIComponent(text);
}

/** A query in which something is not as the schema wants it. */
export function oddQuery(schema: z.ZodType | undefined, random: Random): string {
  const right = schema === undefined ? {} : (acceptedBy(schema, random) as Record<string, unknown>);
  const pairs = Object.entries(right).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  const names = [
    ...pairs.map((pair) => pair.split('=')[0] ?? ''),
    'limit',
    'cursor',
    'q',
    'sinceSeq',
    'date',
  ];
  const name = random.pick(names);
  const odd = random.pick<() => string>([
    () => `${name}=${encodeURIComponent(hostileText(random))}`,
    () =>
      `${name}=${random.pick(['-1', '0', '1e3', '0x1', '99999999999999999', '1.5', 'NaN', '', ' 1', '٣'])}`,
    () => name,
    () => `${name}=1&${name}=2`,
    () => `${name}[]=1`,
    () => `${name}[a]=1`,
    () => `${name}=%`,
    () => `${name}=%zz`,
    () => `${name}=%c3%28`,
    () => `${name}=%ed%a0%80`,
    () => `${name}=%00`,
    () => `__proto__=1&constructor=2`,
    () => `${name}=${'x'.repeat(random.pick([201, 513, 1_025, 9_000]))}`,
    () => `cursor=${random.bytes(random.integer(1, 60)).toString('base64url')}`,
    () =>
      `cursor=${Buffer.from(`1${'0'.repeat(random.integer(0, 16))}:\ud800x`, 'utf16le').toString('base64url')}`,
    () => '&&&=&=x&?',
    () => `${name}=1&`.repeat(900),
  ])();
  return `?${[...pairs, odd].join('&')}`;
}
