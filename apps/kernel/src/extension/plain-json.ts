const MAX_DEPTH = 32;

/**
 * A copy of a value from an extension, with nothing in it but JSON; fields that are undefined are left out. Throws in words for operators when it holds
 * anything else, is nested too deep, or has more than `capBytes` as JSON. Stops looking as soon as it is too large.
 */
export function plainJson(value: unknown, capBytes: number): unknown {
  let left = capBytes;
  const spend = (units: number): void => {
    left -= units;
    if (left < 0) throw new Error(`it is larger than ${capBytes} bytes`);
  };
  const copyOf = (part: unknown, depth: number): unknown => {
    if (depth > MAX_DEPTH) throw new Error(`it is nested deeper than ${MAX_DEPTH} levels`);
    spend(typeof part === 'string' ? part.length + 2 : 1);
    if (part === null || typeof part === 'string' || typeof part === 'boolean') return part;
    if (typeof part === 'number' && Number.isFinite(part)) return part;
    if (Array.isArray(part)) return Array.from(part, (item) => copyOf(item, depth + 1));
    if (typeof part === 'object' && isPlain(part)) {
      const fields = Object.entries(part).filter(([, field]) => field !== undefined);
      return Object.fromEntries(
        fields.map(([name, field]) => {
          spend(name.length + 3);
          return [name, copyOf(field, depth + 1)];
        }),
      );
    }
    throw new Error('it holds something that JSON does not have');
  };
  const copy = copyOf(value, 0);
  if (Buffer.byteLength(JSON.stringify(copy), 'utf8') > capBytes) spend(left + 1);
  return copy;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
