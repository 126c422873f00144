import { type ExtensionRoute, RouteError } from '@dispatch/extension-api';
import { beforeEach, describe, expect, it } from 'vitest';
import type { FoundRoute } from '../extension/extension-routes.ts';
import { createVirtualClock, type VirtualClock } from '../turn/__fixtures__/virtual-clock.ts';
import type { ApiRequest } from './api-handler.ts';
import { answerExtensionRoute } from './extension-route.ts';

let clock: VirtualClock;
let failures: string[];
beforeEach(() => {
  clock = createVirtualClock();
  failures = [];
});

type Asked = Pick<ApiRequest, 'userId' | 'query' | 'body' | 'signal'>;
const REQUEST: Asked = {
  userId: 'usr_me',
  query: { q: '1' },
  body: async () => ({ a: 1 }),
  signal: new AbortController().signal,
};

function ask(handle: ExtensionRoute['handle'], checks: Partial<FoundRoute> = {}, request = REQUEST) {
  const route: ExtensionRoute = { method: 'POST', path: '/x/acme/:id', scope: 'chat:read', handle };
  const found = { route, extensionId: 'acme', params: { id: 'i' }, ...checks };
  const onExtensionFailure = (id: string, what: string, error: unknown) =>
    failures.push(`${id}: ${what}: ${error}`);
  return answerExtensionRoute(found, request, { clock, onExtensionFailure });
}

const refusal = (answer: Promise<unknown>) =>
  answer.catch(({ code, message, hint }) => ({ code, message, hint }));

describe('a route of an extension', () => {
  it('gets who asks, parameters, query and body, and answers with any JSON', async () => {
    const answer = await ask(({ signal, ...rest }) => [{ ...rest }, signal.aborted], {
      checkBody: () => undefined,
    });
    const request = { userId: 'usr_me', params: { id: 'i' }, query: { q: '1' }, body: { a: 1 } };
    expect(answer).toEqual([request, false]);
    expect(await ask(() => null)).toBeNull();
    expect(clock.armed).toBe(0);
  });

  it('is not asked with what its schemas refuse; a body without a schema is not looked at', async () => {
    const handle = () => {
      throw new Error('asked');
    };
    const unread = { ...REQUEST, body: () => Promise.reject(new Error('read')) };
    expect(await ask(() => 'fine', {}, unread)).toBe('fine');
    const checks = { checkQuery: () => 'q: must be a number' };
    expect(await refusal(ask(handle, checks))).toEqual({
      code: 'invalid-request',
      message: 'query: q: must be a number',
      hint: undefined,
    });
    expect(await refusal(ask(handle, { checkBody: () => 'a: must be text' }))).toMatchObject({
      code: 'invalid-request',
      message: 'body: a: must be text',
    });
    const empty = { ...REQUEST, body: async () => undefined };
    expect(await refusal(ask(handle, { checkBody: () => undefined }, empty))).toMatchObject({
      code: 'invalid-json',
    });
    expect(failures).toEqual([]);
  });

  it('a check may fill in defaults of the query', async () => {
    const checkQuery = (value: unknown) => {
      Object.assign(value as object, { limit: '10' });
      return undefined;
    };
    expect(await ask(({ query }) => query, { checkQuery })).toEqual({ q: '1', limit: '10' });
    expect(REQUEST.query).toEqual({ q: '1' });
  });

  it('a refusal of its own has its code, words and hint, if an answer can have that code', async () => {
    const refuse = (code: string) =>
      refusal(
        ask(() => {
          throw new RouteError(code, 'no warm', 'wait');
        }),
      );
    expect(await refuse('warm-running')).toEqual({ code: 'warm-running', message: 'no warm', hint: 'wait' });
    expect(failures).toEqual([]);
    for (const code of ['nonsense', 'toString', 'unknown-frame']) {
      expect(await refuse(code)).toMatchObject({ code: 'internal', message: 'something went wrong here' });
    }
    expect(failures).toHaveLength(3);
  });

  it.each([
    ['throws', () => Promise.reject(new Error('secret'))],
    ['answers with no JSON', () => ({ at: new Date(0) }) as never],
    ['answers with nothing', () => undefined as never],
    ['answers with too much', () => 'x'.repeat(17 * 1024 * 1024)],
  ])('one that %s is extension-failed, without its words, and reported', async (_, handle) => {
    const answer = await refusal(ask(handle));
    expect(answer).toMatchObject({
      code: 'extension-failed',
      message: expect.not.stringContaining('secret'),
    });
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatch(/^acme: route POST \/x\/acme\/:id: /);
  });

  it('one that hangs is given up after a minute, and hears of it', async () => {
    let heard: AbortSignal | undefined;
    const answer = refusal(
      ask(({ signal }) => {
        heard = signal;
        return new Promise(() => undefined);
      }),
    );
    await clock.advance(59_999);
    expect(heard?.aborted).toBe(false);
    await clock.advance(1);
    expect(await answer).toMatchObject({ code: 'extension-failed' });
    expect(heard?.aborted).toBe(true);
  });
});
