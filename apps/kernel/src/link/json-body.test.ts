import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { BODY_CAP_BYTES, readJsonBody } from './json-body.ts';

const read = (
  body: string | Uint8Array | Readable | undefined,
  headers: Record<string, string> = {},
): Promise<unknown> => {
  const stream =
    body instanceof Readable ? body : Readable.from(body === undefined ? [] : [Buffer.from(body)]);
  return readJsonBody(Object.assign(stream, { headers }) as unknown as IncomingMessage);
};

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('request bodies', () => {
  it('are JSON whatever the content type says; an empty one is undefined', async () => {
    expect(await read('{"a":1}', { 'content-type': 'text/plain' })).toEqual({ a: 1 });
    expect(await read('null')).toBeNull();
    expect(await read('')).toBeUndefined();
    expect(await read(undefined)).toBeUndefined();
  });

  it.each<[string, string | Uint8Array, string]>([
    ['broken JSON', '{"a":', 'invalid-json'],
    ['bytes that are no UTF-8', new Uint8Array([0x22, 0xc3, 0x28, 0x22]), 'invalid-json'],
    ['a body over the cap', JSON.stringify('x'.repeat(BODY_CAP_BYTES)), 'body-too-large'],
    ['33 levels', nested(33), 'invalid-request'],
    ['200,000 levels', nested(200_000), 'invalid-request'],
    ['10,001 values', JSON.stringify(Array(10_000).fill(0)), 'invalid-request'],
    ['__proto__', '{"__proto__":{"x":1}}', 'invalid-request'],
    ['constructor, deep inside', '{"a":[{"constructor":1}]}', 'invalid-request'],
    ['prototype', '{"prototype":1}', 'invalid-request'],
  ])('S-24: %s is refused', async (_, body, code) => {
    await expect(read(body)).rejects.toMatchObject({ name: 'ApiError', code });
  });

  it('S-24: the limits themselves are allowed', async () => {
    expect(await read(nested(32))).toBeInstanceOf(Array);
    expect(await read(JSON.stringify(Array(9_999).fill(0)))).toHaveLength(9_999);
    expect(await read(JSON.stringify('x'.repeat(BODY_CAP_BYTES - 2)))).toHaveLength(BODY_CAP_BYTES - 2);
  });

  it('L1: half a million values are refused in little more time than they take to be read', async () => {
    const text = `[${'0,'.repeat(500_000)}0]`;
    const fastest = async (work: () => unknown): Promise<number> => {
      let least = Number.POSITIVE_INFINITY;
      for (let attempt = 0; attempt < 7; attempt += 1) {
        const began = performance.now();
        await work();
        least = Math.min(least, performance.now() - began);
      }
      return least;
    };
    const plain = await fastest(() => JSON.parse(text));
    expect(await fastest(() => read(text).catch(() => undefined))).toBeLessThan(4 * plain + 50);
  });

  it('L1: an endless body is read no further than the cap', async () => {
    let given = 0;
    const endless = new Readable({
      read() {
        given += 65_536;
        this.push(Buffer.alloc(65_536, 0x20));
      },
    });
    await expect(read(endless)).rejects.toMatchObject({ code: 'body-too-large' });
    expect(given).toBeLessThan(BODY_CAP_BYTES + 4 * 65_536);
    expect(endless.destroyed).toBe(false);
    endless.destroy();
  });
});
