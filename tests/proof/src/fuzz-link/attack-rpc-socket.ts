import {
  encodePrincipal,
  IDENTITY_ROUTES,
  INTERNAL_ROUTES,
  LINK_SECRET_HEADER,
  PRINCIPAL_HEADER,
  startTurnBodySchema,
} from '@dispatch/link';
import { ROUTES } from '@dispatch/transport-contract';
import { hostileJson, hostileText } from '../fuzz/hostile-values.ts';
import { inLanes } from '../fuzz/in-lanes.ts';
import { MUTATIONS, mutated } from '../fuzz/mutations.ts';
import { openRaw, writeIfOpen } from '../fuzz/raw-connection.ts';
import { acceptedBy } from '../fuzz/schema-values.ts';
import type { Attack } from '../harness.ts';
import { randomParts } from './codec-inputs.ts';
import { ANSWER_MS, ask, checkAnswer, type RpcTarget } from './rpc-request.ts';

const LANES = 8;

/** Requests of strangers, of a gateway gone mad, and bytes that are no requests. */
export async function attackRpcSocket(target: RpcTarget, attack: Attack, requests: number): Promise<void> {
  await inLanes(
    LANES,
    requests,
    () => !target.isAlive(),
    async (index) => {
      const kind = index % 4;
      if (kind === 0) await noHttp(target, attack);
      else if (kind === 1) await stranger(target, attack);
      else if (kind === 2) await oddPrincipal(target, attack);
      else await oddTurn(target, attack);
    },
  );
}

/** Bytes that are not HTTP: closed, with Node's own 400 or without a word. */
async function noHttp({ path }: RpcTarget, { random, count, violation }: Attack): Promise<void> {
  const connection = await openRaw({ path });
  const bytes = random.pick<() => Buffer>([
    () => Buffer.concat([Buffer.from([random.integer(128, 255)]), random.bytes(random.integer(1, 300))]),
    () => Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
    () => Buffer.from('GET / HTTP/9.9\r\n\r\n'),
    () => Buffer.from(`GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`),
    () => Buffer.from(`GET / HTTP/1.1\r\nHost: x\r\n${'X-A: b\r\n'.repeat(8_000)}\r\n`),
    () =>
      Buffer.from(
        'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      ),
    () => Buffer.from('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'),
    () => Buffer.from('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n'),
    () => Buffer.from('GET\u0000/ HTTP/1.1\r\n\r\n'),
  ])();
  for (const part of randomParts(bytes, random)) writeIfOpen(connection.socket, part);
  if (!(await connection.closedWithin(ANSWER_MS))) {
    violation(`L4: rpc.sock keeps a connection open that sent ${bytes.toString('latin1').slice(0, 200)}`);
  }
  if (/^HTTP\/1\.1 2/.test(connection.received().toString('latin1')))
    violation('L4: rpc.sock says 200 to no HTTP');
  connection.socket.destroy();
  count('requests that are none');
}

const routes = [
  ...Object.values(ROUTES),
  ...Object.values(INTERNAL_ROUTES),
  ...Object.values(IDENTITY_ROUTES),
];
/** Enough for every handler to be reached. */
const scopes = ['chat:read', 'chat:write', 'metrics:read', 'admin'];

/** Without the secret of this start nothing is answered, whatever it is. */
async function stranger(target: RpcTarget, attack: Attack): Promise<void> {
  const { random, count, violation } = attack;
  const { method, path } = random.pick(routes);
  const given = random.pick<Record<string, string>>([
    {},
    { [LINK_SECRET_HEADER]: '' },
    { [LINK_SECRET_HEADER]: target.secret.slice(1) },
    { [LINK_SECRET_HEADER]: `${target.secret}, ${target.secret}` },
    { [LINK_SECRET_HEADER]: target.secret.toUpperCase() },
  ]);
  const principal = { [PRINCIPAL_HEADER]: encodePrincipal({ userId: 'u', sessionId: 's', scopes: [] }) };
  const answer = await ask(target, attack, {
    method,
    path: path.replace(':id', 'c'),
    headers: { ...given, ...principal },
    ...(method === 'POST' && { body: '{"message":"hi"}' }),
  });
  if (answer !== undefined && answer.status !== 503) {
    violation(`S-17: rpc.sock says ${answer.status} to a stranger's ${method} ${path}`);
  }
  count('requests of strangers');
}

/** A principal that is none, or an odd one. */
async function oddPrincipal(target: RpcTarget, attack: Attack): Promise<void> {
  const { random, count } = attack;
  const { method, path } = random.pick(routes.filter(({ method }) => method === 'GET'));
  const principal = random.pick<() => string>([
    () => encodePrincipal({ userId: hostileText(random), sessionId: 's', scopes }),
    () => Buffer.from(JSON.stringify(hostileJson(random))).toString('base64url'),
    () =>
      Buffer.from(mutated({ userId: 'u', sessionId: 's', scopes }, random.pick(MUTATIONS), random))
        .toString('base64url')
        .slice(0, 8_000),
    () => random.bytes(30).toString('base64url'),
    () => '!!!',
    () => '',
  ])();
  const headers = { [LINK_SECRET_HEADER]: target.secret, [PRINCIPAL_HEADER]: principal };
  const target_ = path.replace(':id', encodeURIComponent(random.pick(['c', 'ü', '日本', '%2F', 'a:b'])));
  const answer = await ask(target, attack, { method, path: target_, headers });
  if (answer !== undefined) checkAnswer(answer, `${method} ${target_} of ${principal}`, attack);
  count('requests with odd principals');
}

/** The gateway's own request, right and wrong. */
async function oddTurn(target: RpcTarget, attack: Attack): Promise<void> {
  const { random, count, violation } = attack;
  const right = acceptedBy(startTurnBodySchema, random) as object;
  const body = random.chance(0.15)
    ? JSON.stringify(right)
    : mutated({ model: 'demo/fast', ...right }, random.pick(MUTATIONS), random);
  const headers = {
    [LINK_SECRET_HEADER]: target.secret,
    [PRINCIPAL_HEADER]: encodePrincipal({
      userId: `user-${random.integer(1, 5)}`,
      sessionId: 's',
      scopes,
    }),
  };
  const answer = await ask(target, attack, { ...INTERNAL_ROUTES.startTurn, headers, body });
  if (answer === undefined) return;
  checkAnswer(answer, body, attack);
  if (answer.status === 200 && !isStartTurnBody(body))
    violation(`S-15: rpc.sock takes ${body.slice(0, 400)}`);
  count(answer.status === 200 ? 'odd turns started' : 'odd turns refused');
}

function isStartTurnBody(text: string): boolean {
  try {
    return startTurnBodySchema.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}
