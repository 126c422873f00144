import { ApiError } from './api-error.ts';

/** As much of a Standard Schema as is needed here; what `@dispatch/transport-contract/schema` exports is one. */
export interface Validator<T> {
  readonly '~standard': {
    validate(value: unknown): Validated<T> | Promise<Validated<T>>;
  };
}

type Validated<T> =
  | { readonly value: T; readonly issues?: undefined }
  | { readonly issues: readonly Issue[] };

interface Issue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** The value as the contract has it, or `invalid-request` with the place of the first fault. Values are not quoted. */
export async function validate<T>(schema: Validator<T>, value: unknown): Promise<T> {
  const result = await schema['~standard'].validate(value);
  if (result.issues === undefined) return result.value;
  const [issue] = result.issues;
  const path = (issue?.path ?? [])
    .map((part) => String(typeof part === 'object' ? part.key : part))
    .join('.');
  const message = issue?.message ?? 'the request is not valid';
  throw new ApiError('invalid-request', path === '' ? message : `${path}: ${message}`);
}

/** A whole number from the query; `fallback` when it is absent or empty. */
export function integerParam<T>(
  query: URLSearchParams,
  name: string,
  least: number,
  fallback: T,
): number | T {
  const text = query.get(name);
  if (text === null || text === '') return fallback;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least) return value;
  throw new ApiError('invalid-request', `${name} must be a whole number of at least ${least}`);
}

/** One of a few words from the query; undefined when it is absent or empty. */
export function wordParam<T extends string>(
  query: URLSearchParams,
  name: string,
  words: readonly T[],
): T | undefined {
  const text = query.get(name);
  if (text === null || text === '') return undefined;
  const word = words.find((candidate) => candidate === text);
  if (word !== undefined) return word;
  throw new ApiError('invalid-request', `${name} must be one of ${words.join(', ')}`);
}
