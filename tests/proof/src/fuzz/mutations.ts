import type { Random } from '../random.ts';
import { hostileJson, hostileNumber, hostileText, otherType } from './hostile-values.ts';

/** What can be wrong with a JSON message. */
export const MUTATIONS = [
  'field-missing',
  'field-broken',
  'type-swapped',
  'field-extra',
  'nested-deep',
  'prototype-key',
  'huge-number',
  'lone-surrogate',
  'many-values',
  'long-text',
  'field-twice',
  'not-an-object',
  'broken-text',
] as const;

export type Mutation = (typeof MUTATIONS)[number];

/** Name and value of each field, both as JSON text, so that a message can say what no object can hold. */
type Fields = [name: string, value: string][];

/** An object as JSON text in which one thing is not as it was. It may still be acceptable: that is for the schema to say. */
export function mutated(object: object, mutation: Mutation, random: Random): string {
  if (mutation === 'not-an-object') return notAnObject(object, random);
  if (mutation === 'broken-text') return brokenText(JSON.stringify(object), random);
  const fields: Fields = Object.entries(object).map(([name, value]) => [
    JSON.stringify(name),
    JSON.stringify(value),
  ]);
  const at = fields.length === 0 ? -1 : random.integer(0, fields.length - 1);
  const put = (value: string): void => {
    if (at === -1) fields.push([JSON.stringify(hostileText(random)), value]);
    else fields[at] = [fields[at]?.[0] ?? '', value];
  };
  const old: unknown = at === -1 ? undefined : JSON.parse(fields[at]?.[1] ?? 'null');
  if (typeof old === 'object' && old !== null && !Array.isArray(old) && random.chance(0.7)) {
    put(mutated(old, mutation, random));
    return textOf(fields);
  }
  switch (mutation) {
    case 'field-missing':
      if (at !== -1) fields.splice(at, 1);
      break;
    case 'field-broken':
      put(JSON.stringify(sameType(old, random)));
      break;
    case 'type-swapped':
      put(JSON.stringify(otherType(old, random)));
      break;
    case 'field-extra':
      fields.push([JSON.stringify(extraName(random)), JSON.stringify(hostileJson(random))]);
      break;
    case 'nested-deep':
      put(nested(random.pick([30, 31, 32, 33, 40, 500, 20_000]), random));
      break;
    case 'prototype-key':
      prototypeKey(fields, put, random);
      break;
    case 'huge-number':
      put(random.pick(['1e999', '-1e999', '1e308', '9'.repeat(400), '0.1e-400', '-0', '1E+2']));
      break;
    case 'lone-surrogate':
      put(random.pick(['"\\ud800"', '"a\\udfffb"', '"\\udc00\\ud800"', '"\\ud83d"']));
      break;
    case 'many-values':
      put(`[${Array.from({ length: random.pick([9_000, 10_050, 30_000]) }, () => '0').join(',')}]`);
      break;
    case 'long-text':
      put(JSON.stringify(hostileText(random).padEnd(random.pick([129, 257, 4_097, 60_000]), 'é')));
      break;
    case 'field-twice':
      if (at !== -1) fields.push([fields[at]?.[0] ?? '', JSON.stringify(hostileJson(random))]);
      break;
    default:
      mutation satisfies never;
  }
  return textOf(fields);
}

function textOf(fields: Fields): string {
  return `{${fields.map(([name, value]) => `${name}:${value}`).join(',')}}`;
}

function extraName(random: Random): string {
  const name = hostileText(random);
  return random.chance(0.2) ? name.padEnd(2_000, 'x') : name;
}

function sameType(value: unknown, random: Random): unknown {
  if (typeof value === 'string') return random.chance(0.2) ? '' : hostileText(random);
  if (typeof value === 'number') return hostileNumber(random);
  if (typeof value === 'boolean') return !value;
  return hostileJson(random);
}

function nested(depth: number, random: Random): string {
  const [open, close] = random.pick([
    ['[', ']'],
    ['{"a":', '}'],
  ] as const);
  return `${open.repeat(depth)}0${close.repeat(depth)}`;
}

function prototypeKey(fields: Fields, put: (value: string) => void, random: Random): void {
  const key = random.pick(['__proto__', 'constructor', 'prototype', '\\u005f_proto__']);
  const value = random.pick(['{"polluted":true}', '1', 'null', '{"prototype":{"polluted":true}}']);
  if (random.chance(0.5)) fields.push([`"${key}"`, value]);
  else put(`{"a":[{"${key}":${value}}]}`);
}

function notAnObject(object: object, random: Random): string {
  const text = JSON.stringify(object);
  return random.pick(['null', 'true', '0', '1e999', '""', '[]', `[${text}]`, JSON.stringify(text), '{}']);
}

function brokenText(text: string, random: Random): string {
  const cut = random.integer(0, text.length - 1);
  return random.pick([
    text.slice(0, cut),
    `${text},`,
    `${text}${text}`,
    `${text.slice(0, -1)},}`,
    text.replaceAll('"', "'"),
    `//x\n${text}`,
    text.slice(0, cut) + String.fromCharCode(random.integer(0, 0x1f)) + text.slice(cut),
    text.replace(':', ''),
    text.replace(':', ':NaN,"x":'),
    text.replace('"', '"\\x'),
    '',
    ' ',
    hostileText(random),
  ]);
}
