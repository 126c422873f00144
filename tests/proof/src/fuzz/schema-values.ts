import type { z } from 'zod';
import type { Random } from '../random.ts';
import { hostileJson, hostileNumber, hostileText } from './hostile-values.ts';

/** The parts of a zod definition that are read here. */
interface Definition {
  readonly type: string;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly out?: z.ZodType;
  readonly element?: z.ZodType;
  readonly keyType?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly left?: z.ZodType;
  readonly right?: z.ZodType;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly options?: readonly z.ZodType[];
  readonly values?: readonly unknown[];
  readonly entries?: Readonly<Record<string, unknown>>;
}

/** Marks a field that is left out. */
const ABSENT = Symbol('absent');
/** Some schemas accept few of the values their shape allows; an attempt costs microseconds. */
const ATTEMPTS = 20_000;

/**
 * A value the schema accepts, made by walking what the schema says, so that a field or frame that is new in the contract is
 * covered without a change here. Throws when the schema uses a kind of zod that is not known here.
 */
export function acceptedBy(schema: z.ZodType, random: Random): unknown {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const value = shaped(schema, random);
    if (value !== ABSENT && schema.safeParse(value).success) return value;
  }
  throw new Error(`no accepted value was found for a zod ${definitionOf(schema).type}`);
}

function definitionOf(schema: z.ZodType): Definition {
  return schema.def as unknown as Definition;
}

/** A value of the right shape; checks that only code can tell may still refuse it. */
function shaped(schema: z.ZodType, random: Random): unknown {
  const definition = definitionOf(schema);
  switch (definition.type) {
    case 'string':
      return fitting(schema, random, hostileText);
    case 'number':
      return fitting(schema, random, hostileNumber);
    case 'boolean':
      return random.chance(0.5);
    case 'null':
      return null;
    case 'unknown':
    case 'any':
      return hostileJson(random);
    case 'literal':
      return random.pick(definition.values ?? []);
    case 'enum':
      return random.pick(Object.values(definition.entries ?? {}));
    case 'optional':
      return random.chance(0.4) ? ABSENT : shaped(part(definition.innerType), random);
    case 'nullable':
      return random.chance(0.25) ? null : shaped(part(definition.innerType), random);
    case 'array':
      return Array.from({ length: random.integer(0, 4) }, () => shaped(part(definition.element), random));
    case 'union':
      return shaped(random.pick(definition.options ?? []), random);
    case 'object':
      return object(definition.shape ?? {}, random);
    case 'record':
      return record(definition, random);
    case 'intersection':
      return Object.assign({}, shaped(part(definition.left), random), shaped(part(definition.right), random));
    case 'pipe': {
      // What goes in is meant: before a transform, behind a preprocessing.
      const { in: first, out: second } = definition;
      return shaped(part(definitionOf(part(first)).type === 'transform' ? second : first), random);
    }
    default:
      throw new Error(`a zod ${definition.type} is not known to the generator; add it`);
  }
}

function part(schema: z.ZodType | undefined): z.ZodType {
  if (schema === undefined) throw new Error('a zod definition lacks the part its kind has');
  return schema;
}

function object(shape: Readonly<Record<string, z.ZodType>>, random: Random): unknown {
  const fields = Object.entries(shape).map(([name, field]) => [name, shaped(field, random)] as const);
  return Object.fromEntries(fields.filter(([, value]) => value !== ABSENT));
}

function record({ keyType, valueType }: Definition, random: Random): unknown {
  const names = Array.from({ length: random.integer(0, 3) }, () => String(shaped(part(keyType), random)));
  const free = names.filter((name) => !['__proto__', 'constructor', 'prototype'].includes(name));
  return Object.fromEntries(free.map((name) => [name, shaped(part(valueType), random)]));
}

/** Draws until the leaf itself accepts one; the last draw when none does. */
function fitting(leaf: z.ZodType, random: Random, draw: (random: Random) => unknown): unknown {
  let value = draw(random);
  for (let attempt = 0; attempt < 40 && !leaf.safeParse(value).success; attempt += 1) value = draw(random);
  return value;
}
