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

/**
 * The value as the contract has it, or `invalid-request` with the place of the first fault below `name`. Values are not
 * quoted.
 */
export async function validate<T>(schema: Validator<T>, value: unknown, name = ''): Promise<T> {
  const result = await schema['~standard'].validate(value);
  if (result.issues === undefined) return result.value;
  if (value === undefined) throw new ApiError('invalid-json', 'a JSON body is expected');
  const [issue] = result.issues;
  const keys = (issue?.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part));
  const path = (name === '' ? keys : [name, ...keys]).join('.');
  const message = issue?.message ?? 'the request is not valid';
  throw new ApiError('invalid-request', path === '' ? message : `${path}: ${message}`);
}
