import { ROUTES } from '@dispatch/transport-contract';
import { httpBodyFixtures } from '@dispatch/transport-contract/fixtures';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, type Asked, ask } from '../__fixtures__/kernel-client.ts';
import { startTestKernel, temporaryDataDir } from '../__fixtures__/test-kernel.ts';
import { mountedRoutes } from '../api/routes.ts';
import { asPerson, newToken, newUser } from '../identity/__fixtures__/people.ts';
import type { Kernel } from '../kernel.ts';
import { askedCall, plantApprovals } from '../storage/__fixtures__/asked-call.ts';
import { checkPolicy, ROUTE_POLICY } from './policy-table.ts';

/** Whose the thing is that a request names, to Ada. */
type Whose = 'own' | 'foreign' | 'unknown';

/** Writes that make the conversation they name: an unknown one becomes the caller's, so only a foreign one can be refused. */
const CREATING = [
  'PUT /conversations/:id/cwd',
  'PUT /conversations/:id/title',
  'PUT /conversations/:id/model',
  'POST /internal/turns',
  'POST /conversations/:id/queue',
];
/** These change whose the rows are that the test stands on. */
const ENDING = ['DELETE /sessions/:sessionId', 'DELETE /tokens/:tokenId'];

const dataDir = temporaryDataDir();
const ids: Record<string, Record<Whose, string>> = {};
const turnIds: Record<Whose, string> = { own: '', foreign: '', unknown: 'trn_unknown' };
const principals: Record<string, Asked> = {};
let kernel: Kernel;

const routes = mountedRoutes().map((route) => ({ ...route, name: `${route.method} ${route.path}` }));
const guarded = routes.filter(({ policy }) => policy.scope !== 'public');

beforeAll(async () => {
  kernel = await startTestKernel(dataDir);
  const all = { scopes: ['chat:read', 'chat:write', 'metrics:read', 'admin'] };
  const [ada, bob] = [await newUser(dataDir, 'Ada', 'admin'), await newUser(dataDir, 'Bob', 'admin')];
  const [hers, his, gone] = [
    await newToken(dataDir, ada, all),
    await newToken(dataDir, bob, all),
    await newToken(dataDir, ada, all),
  ];
  const [asAda, asBob, asGone] = await Promise.all(
    [hers, his, gone].map(({ secret }) => asPerson(dataDir, secret)),
  );
  await ask(dataDir, 'DELETE', `/tokens/${gone.id}`, { userId: ada });
  for (const [id, who] of [
    ['own', asAda],
    ['foreign', asBob],
  ] as const) {
    await ask(dataDir, 'PUT', `/conversations/${id}/title`, { ...who, body: { title: id } });
    const body = { conversationId: id, message: 'x', model: 'test/echo' };
    turnIds[id] = (await ask(dataDir, 'POST', '/internal/turns', { ...who, body })).body.turnId;
  }
  const begun = { address: '::1', expiresAt: null };
  const session = async (who: Asked = {}) =>
    (await ask(dataDir, 'POST', '/internal/identity/sessions', { ...who, body: begun })).body.session.id;
  ids['id'] = { own: 'own', foreign: 'foreign', unknown: 'unknown' };
  ids['tokenId'] = { own: hers.id, foreign: his.id, unknown: 'tok_unknown' };
  ids['sessionId'] = { own: await session(asAda), foreign: await session(asBob), unknown: 'ses_unknown' };
  ids['messageId'] = { own: 'qmg_none', foreign: 'qmg_none', unknown: 'qmg_none' };
  const grant = (whose: string) => ({ id: `apg_${whose}`, conversationId: whose, tool: 't', pattern: 'p' });
  const given = { cwd: null, grantedBy: ada, grantedAt: 1 };
  plantApprovals(
    dataDir,
    [askedCall('apr_own', 'own'), askedCall('apr_foreign', 'foreign')],
    [
      { ...grant('own'), ...given },
      { ...grant('foreign'), ...given },
    ],
  );
  ids['approvalId'] = { own: 'apr_own', foreign: 'apr_foreign', unknown: 'apr_unknown' };
  ids['grantId'] = { own: 'apg_own', foreign: 'apg_foreign', unknown: 'apg_unknown' };
  ids['userId'] = { own: ada, foreign: bob, unknown: 'usr_unknown' };
  Object.assign(principals, { ada: asAda, revoked: asGone });
});
afterAll(() => kernel.stop(0));

function bodyOf(path: string, method: string, whose: Whose): unknown {
  if (path === '/internal/turns') return { conversationId: whose, message: 'x', model: 'test/echo' };
  if (path === '/internal/surfaces/invoke') return { surfaceId: 's', actionId: 'a', conversationId: whose };
  if (path.startsWith('/internal/')) return { origin: null, address: '::1', expiresAt: null };
  if (path === '/chat/warm') return { conversationId: whose };
  if (path.endsWith('/queue')) return { message: 'x', model: 'test/echo' };
  if (path.startsWith('/users/')) return {};
  const { request } =
    Object.values(ROUTES).find((route) => route.path === path && route.method === method) ?? {};
  if (path.endsWith('/stop')) return {};
  return httpBodyFixtures[request as keyof typeof httpBodyFixtures];
}

function queryOf(path: string, whose: Whose): string {
  if (path === '/metrics/throughput') return '?period=day&date=2026-01-01';
  return path.endsWith('/versions') ? `?turnId=${turnIds[whose]}` : '';
}

/** Asks for a route in somebody's name, about what is whose. */
function request(
  { method, path }: { method: string; path: string },
  whose: Whose,
  asked: Asked,
): Promise<Answer> {
  const filled = path.replace(/:(\w+)/g, (_, key: string) => ids[key]?.[whose] ?? '');
  const body = method === 'GET' || method === 'DELETE' ? {} : { body: bodyOf(path, method, whose) };
  return ask(dataDir, method, filled + queryOf(path, whose), { ...asked, ...body });
}

/** What is told, without the names of what was asked for. */
function told({ status, body }: Answer, { path }: { path: string }, whose: Whose): unknown {
  const key = /:(\w+)/.exec(path)?.[1] ?? 'id';
  const text = JSON.stringify({ ...body, requestId: undefined }).replaceAll(`"${ids[key]?.[whose]}"`, '"…"');
  return { status, body: text };
}

describe('S-11: the policy has a row for everything, and everything asks it', () => {
  it('A2: a contract and a row that disagree keep the kernel from starting', () => {
    expect(() => checkPolicy(ROUTES)).not.toThrow();
    const wrong = { ...ROUTES, audit: { ...ROUTES.audit, scope: 'public' as const } };
    expect(() => checkPolicy(wrong)).toThrow('route audit');
    expect(routes.every(({ policy }) => policy.action.length > 0)).toBe(true);
    expect(routes.length).toBeGreaterThan(Object.keys(ROUTE_POLICY).length);
  });

  it.each(guarded.map((route) => [route.name, route] as const))(
    'A2: %s is nobody’s who is nobody',
    async (_, route) => {
      const anonymous = { headers: { 'x-dispatch-principal': '' } };
      const nameless = { userId: '', scopes: [route.policy.scope] };
      for (const asked of [anonymous, nameless, principals['revoked'] ?? {}]) {
        for (const whose of ['own', 'foreign', 'unknown'] as const) {
          const { status, body } = await request(route, whose, asked);
          expect([status, body.code, body.error]).toEqual([
            401,
            'unauthenticated',
            'nothing here says who you are',
          ]);
        }
      }
    },
  );

  it.each(guarded.map((route) => [route.name, route] as const))(
    'A2: %s asks for its scope',
    async (_, route) => {
      const { scope } = route.policy;
      const others = ['chat:read', 'chat:write', 'metrics:read', 'admin'].filter((other) => other !== scope);
      for (const whose of ['own', 'foreign', 'unknown'] as const) {
        if (ENDING.includes(route.name) && whose !== 'unknown') continue;
        const without = await request(route, whose, { ...principals['ada'], scopes: others });
        expect(without.body.error === `this needs the scope ${scope}`).toBe(scope !== 'signed-in');
        expect(without.status === 403 || scope === 'signed-in').toBe(true);
        const alone = await request(route, whose, { ...principals['ada'], scopes: [scope] });
        expect([401, 500]).not.toContain(alone.status);
        expect(alone.body.error).not.toBe(`this needs the scope ${scope}`);
      }
    },
  );

  it('A2: what the gateway asks for itself needs nobody’s name, and does nothing in anybody’s', async () => {
    const own = routes.filter(({ policy }) => policy.scope === 'public');
    expect(own.map(({ name }) => name).sort()).toEqual([
      'GET /internal/metrics',
      'GET /internal/ready',
      'POST /internal/identity/tickets/redeem',
      'POST /internal/identity/verify',
    ]);
    expect(own.every(({ policy }) => policy.about === 'link')).toBe(true);
  });
});

describe('S-13: to who is not its owner', () => {
  beforeAll(() => {
    // Those before made a conversation of what nobody knew.
    ids['id'] = { own: 'own', foreign: 'foreign', unknown: 'never-was' };
  });
  const named = guarded.filter(({ path, policy }) => path.includes(':') || policy.about === 'conversation');

  it.each(
    named
      .filter(({ name }) => !CREATING.includes(name) && !name.includes(':userId'))
      .map((route) => [route.name, route] as const),
  )('A3: %s tells of a foreign one what it tells of an unknown one', async (name, route) => {
    const asked = { ...principals['ada'], scopes: ['chat:read', 'chat:write'] };
    const [foreign, unknown] = await Promise.all([
      request(route, 'foreign', asked),
      request(route, 'unknown', asked),
    ]);
    expect(told(foreign, route, 'foreign')).toEqual(told(unknown, route, 'unknown'));
    if (!ENDING.includes(name) && !name.endsWith('/lsp') && name.startsWith('GET')) {
      expect((await request(route, 'own', asked)).status).toBe(200);
    }
  });

  it.each(CREATING)('S-12: %s refuses a foreign one in the one way', async (name) => {
    const route = routes.find((one) => one.name === name);
    if (route === undefined) throw new Error(`${name} is not mounted`);
    const { status, body } = await request(route, 'foreign', principals['ada'] ?? {});
    expect([status, body.code, body.error]).toEqual([404, 'not-found', 'there is no such conversation']);
  });
});
