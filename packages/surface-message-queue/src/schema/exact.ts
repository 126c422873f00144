import type { z } from 'zod';

/** Every object and array of a type made readonly, at any depth, so that two types can be compared without it. */
type Frozen<T> = unknown extends T
  ? T
  : T extends string | number | boolean | null | undefined
    ? T
    : T extends readonly (infer E)[]
      ? readonly Frozen<E>[]
      : T extends object
        ? { readonly [K in keyof T]: Frozen<T[K]> }
        : T;

type Same<A, B> = (<G>() => G extends A ? 1 : 2) extends <G>() => G extends B ? 1 : 2 ? true : false;

/** Whether a schema gives out exactly `T`: the same fields, the same ones optional, nothing wider or narrower. */
export type IsExact<T, S extends z.ZodType> = Same<Frozen<T>, Frozen<z.output<S>>>;

/**
 * Proves while compiling that a schema and the interface it stands for agree, and gives the schema out under the interface's name, so
 * that no declaration shows zod's inner types.
 */
export function exact<T>(): <S extends z.ZodType>(
  schema: IsExact<T, S> extends true ? S : { readonly 'the schema does not agree with': T },
) => z.ZodType<T> {
  return (schema) => schema as unknown as z.ZodType<T>;
}
