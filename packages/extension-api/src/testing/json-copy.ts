import { HostError } from '../host.ts';

/** A copy as it would come out on the other side of a boundary. Throws `invalid` for what JSON cannot hold. */
export function jsonCopy<T>(value: T, what: string): T {
  const faults = fault(value);
  if (faults !== undefined) throw new HostError('invalid', `${what} is no JSON value: ${faults}`);
  return JSON.parse(JSON.stringify(value)) as T;
}

function fault(value: unknown): string | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : String(value);
  if (Array.isArray(value)) return value.map(fault).find((found) => found !== undefined);
  if (typeof value !== 'object') return typeof value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return 'an object of a class';
  return Object.values(value)
    .filter((inner) => inner !== undefined)
    .map(fault)
    .find((found) => found !== undefined);
}
