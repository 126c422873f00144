import { Secret, socketPaths, writeLinkSecret } from '@dispatch/link';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask } from '../__fixtures__/kernel-client.ts';
import { silentLog, temporaryDataDir } from '../__fixtures__/test-kernel.ts';
import { systemClock } from '../clock.ts';
import { createExtensionRoutes } from '../extension/extension-routes.ts';
import { systemIds } from '../ids.ts';
import { createPolicy } from '../policy/policy.ts';
import { type CounterSurface, counterSurface } from '../surface/__fixtures__/counter-surface.ts';
import { createSurfaceRegistry } from '../surface/surface-registry.ts';
import type { ResponderParts } from './respond.ts';
import { createRpcServer, type RpcServer } from './rpc-server.ts';

const dataDir = temporaryDataDir();
const routes = createExtensionRoutes();
const surfaces = createSurfaceRegistry({ clock: systemClock, onFailure: () => undefined });
const failures: string[] = [];
let surface: CounterSurface;
let server: RpcServer;

beforeAll(async () => {
  const read = {
    conversation: async (id: string) => (id === 'theirs' ? { ownerId: 'usr_other' } : undefined),
  };
  const parts: Partial<ResponderParts> = {
    store: { read } as never,
    surfaces,
    extensionRoutes: routes,
    onExtensionFailure: (id) => failures.push(id),
    clock: systemClock,
    log: silentLog,
    ids: systemIds,
    secret: new Secret('secret'),
    policy: createPolicy({ revocations: { isRevoked: () => false }, trail: { noteOnce: () => undefined } }),
  };
  surface = counterSurface();
  surfaces.add(surface, 'x');
  const base = { scope: 'chat:read', query: {}, body: {} } as const;
  routes.add(
    {
      route: {
        ...base,
        method: 'POST',
        path: '/x/acme/:id',
        handle: ({ params, query, body }) => [params, query, body ?? null],
      },
      checkBody: () => undefined,
    },
    'acme',
  );
  writeLinkSecret(dataDir, 'secret');
  server = createRpcServer(parts as ResponderParts);
  await server.listen(socketPaths(dataDir).rpc);
});
afterAll(() => server.close());

describe('routes of extensions on rpc.sock', () => {
  it('take what no built-in route has, the body as JSON whatever it is called', async () => {
    const asked = { body: '{"a":[1]}', headers: { 'content-type': 'text/plain' } };
    const answer = await ask(dataDir, 'POST', '/x/acme/a%2Fb?q=1&q=2', asked);
    expect([answer.status, answer.body]).toEqual([200, [{ id: 'a/b' }, { q: '2' }, { a: [1] }]]);
    const wrong = await ask(dataDir, 'POST', '/x/acme/a', { body: '{' });
    expect([wrong.status, wrong.body.code]).toEqual([400, 'invalid-json']);
  });

  it('other methods and paths are refused, and nobody without the secret learns of them', async () => {
    const codes = await Promise.all(
      [
        ask(dataDir, 'PUT', '/x/acme/a'),
        ask(dataDir, 'POST', '/x/nothing'),
        ask(dataDir, 'POST', '/x/acme/a', { headers: { 'x-dispatch-link-secret': 'wrong' } }),
        ask(dataDir, 'POST', '/x/acme/a', { headers: { 'x-dispatch-principal': 'nobody' }, body: {} }),
      ].map(async (answer) => (await answer).body.code),
    );
    expect(codes).toEqual(['method-not-allowed', 'not-found', 'kernel-unavailable', 'unauthenticated']);
  });
});

it('S-12: a route of an extension asks for the scope it declared', async () => {
  const asked = { body: {} };
  const without = await ask(dataDir, 'POST', '/x/acme/a', { ...asked, scopes: ['chat:write', 'admin'] });
  expect([without.status, without.body.code]).toEqual([403, 'forbidden']);
  expect((await ask(dataDir, 'POST', '/x/acme/a', { ...asked, scopes: ['chat:read'] })).status).toBe(200);
});

describe('actions on rpc.sock', () => {
  const invoke = async (body: object) =>
    (await ask(dataDir, 'POST', '/internal/surfaces/invoke', { body })).body;
  const act = { surfaceId: 'counter', actionId: 'raise', conversationId: 'c' };

  it('are carried out in the name of who asks; the state comes when it is wanted', async () => {
    expect(await invoke(act)).toEqual({ outcome: 'done' });
    expect(surface.acted.at(-1)).toEqual({ userId: 'usr_owner', conversationId: 'c' });
    expect(await invoke({ ...act, wantsState: true })).toMatchObject({
      outcome: 'done',
      state: { spec: { id: 'counter', fields: [{ value: '2' }] }, conversationId: 'c' },
    });
  });

  it('U4: a refusal brings the surface as it stands', async () => {
    expect(await invoke({ ...act, actionId: 'refuse' })).toMatchObject({
      outcome: 'refused',
      code: 'action-refused',
      message: 'not now',
      state: { spec: { id: 'counter' }, mark: expect.any(Number), conversationId: 'c' },
    });
    const { conversationId: _, ...unfocused } = act;
    const refused = await invoke(unfocused);
    expect(refused).toMatchObject({ outcome: 'refused', code: 'invalid-request' });
    expect(refused.state).not.toHaveProperty('conversationId');
  });

  it("S-12: a surface nobody has and somebody else's conversation are refused without a state", async () => {
    const before = surface.acted.length;
    const unknown = await invoke({ ...act, surfaceId: 'no' });
    expect(unknown).toEqual({ outcome: 'refused', code: 'unknown-surface', message: expect.any(String) });
    const theirs = await invoke({ ...act, conversationId: 'theirs' });
    expect(theirs).toEqual({ outcome: 'refused', code: 'not-found', message: expect.any(String) });
    expect(surface.acted).toHaveLength(before);
  });

  it('a body that is no action is refused', async () => {
    expect((await invoke({ surfaceId: 'counter' })).code).toBe('invalid-request');
  });
});
