import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  createDataDirectory,
  eventually,
  openSocket,
  runCli,
  startDispatch,
} from '@dispatch/tests-processes';
import { expect, it } from 'vitest';
import { type Canary, seenIn } from './canaries.ts';
import { startTelltaleServer } from './telltale-server.ts';

const canary = (field: string, value: string): Canary => ({ field, value });
const KEY_OF_ENVIRONMENT = canary('ANTHROPIC_API_KEY', 'sk-ant-c4n4ry/env+0f8a=key>one');
const KEY_OF_FILE = canary('apiKey of a credential', 'sk-c4n4ry?file&1e7b~key|two');
const KEY_IN_FILE = canary('apiKeyFile of a credential', 'sk-c4n4ry:keyfile@2d6c;three');
const PAGER_TOKEN = canary('a setting of an extension', 'tk_c4n4ry3c5dextensionfour');
const API_TOKEN = canary('an API token', 'dsp_c4n4ry4b4eapitokenfivefive');
const COOKIE = canary('a session cookie', 'c4n4ry5a3fsessioncookiesix');
const JWT = canary('a JWT', 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjNG40cnkifQ.c4n4ry69signature');
const TICKET = canary('a ticket', 'c4n4ry7890ticketseven');
const MODELS = ['anthropic/m', 'filed/m', 'keyed/m'];

it('X1: no secret is in a log, a response, a frame, an error or the database, in whichever form', async () => {
  const telltale = await startTelltaleServer();
  const directory = createDataDirectory();
  const keyFile = join(directory.path, 'key');
  writeFileSync(keyFile, `${KEY_IN_FILE.value}\n`, { mode: 0o600 });
  const config = {
    credentials: [
      {
        name: 'filed',
        provider: 'openai-compatible',
        apiKey: KEY_OF_FILE.value,
        baseUrl: `${telltale.url}/v1`,
      },
      { name: 'keyed', provider: 'openai-compatible', apiKeyFile: keyFile, baseUrl: `${telltale.url}/v1` },
    ],
    extensions: {
      paths: [fileURLToPath(new URL('./__fixtures__/pager.mjs', import.meta.url))],
      settings: { pager: { url: telltale.url, token: PAGER_TOKEN.value } },
    },
  };
  writeFileSync(join(directory.path, 'dispatch.config.json'), JSON.stringify(config), { mode: 0o600 });
  const env = {
    ANTHROPIC_API_KEY: KEY_OF_ENVIRONMENT.value,
    ANTHROPIC_BASE_URL: telltale.url,
    DISPATCH_LOG_LEVEL: 'trace',
  };
  const dispatch = await startDispatch({ dataDir: directory.path, env });
  const places: Record<string, string> = {};
  const keep = (place: string, text: string): void => {
    places[place] = (places[place] ?? '') + text;
  };
  const credentials: Record<string, string>[] = [
    {},
    { authorization: `Bearer ${API_TOKEN.value}` },
    { authorization: `Bearer ${JWT.value}`, cookie: `dispatch_session=${COOKIE.value}` },
  ];
  const call = async (method: string, path: string, body?: unknown): Promise<void> => {
    for (const headers of credentials) {
      const answer = await fetch(`${dispatch.httpUrl}${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      keep('responses', `${JSON.stringify([...answer.headers])}${await answer.text()}\n`);
    }
  };
  const linkSecret = canary('link.secret', readFileSync(join(directory.path, 'link.secret'), 'utf8').trim());

  try {
    for (const path of [
      '/models',
      '/version',
      '/readyz',
      '/conversations',
      '/presence',
      '/metrics',
      '/x/pager/test',
    ])
      await call('GET', path);
    await call('PUT', '/me/status', { statusText: 'here' });
    await call('POST', '/chat', '{"broken');
    await call('GET', `/nowhere?ticket=${TICKET.value}`);
    for (const model of MODELS) {
      await call('POST', '/chat', { message: 'hello', model });
      await call('POST', '/chat/warm', { conversationId: `c-${model.split('/')[0]}`, model });
    }
    for (const headers of credentials) {
      const socket = await openSocket(`${dispatch.wsUrl}/?ticket=${TICKET.value}`, headers);
      socket.send({ type: 'subscribe', surfaceId: 'pager', id: 's' });
      socket.send({ type: 'subscribe', surfaceId: 'loaded-extensions', id: 'l' });
      socket.send({ type: 'invoke', surfaceId: 'pager', actionId: 'pager/test', id: 'i' });
      socket.send({ type: 'presence.status', statusText: 'here', id: 'p' });
      socket.send({ type: 'typing.start', channelId: 'chn_x', id: 't' });
      socket.sendText('{"type":');
      for (const [index, model] of MODELS.entries()) {
        const conversationId = `ws-${index}-${Object.keys(headers).length}`;
        socket.send({ type: 'chat.send', conversationId, message: 'hi', model });
      }
      const sealed = () => socket.events().filter(({ type }) => type === 'turn-sealed').length;
      await eventually('every turn is over', () => sealed() === MODELS.length, 40_000);
      await socket.frame('the action’s failure', (frame) => frame['id'] === 'i');
      keep('frames', socket.texts.join('\n'));
      socket.close();
    }
    keep('kernel log', dispatch.kernel.output());
    await dispatch.kernel.kill();
    await call('GET', '/models');
    await dispatch.startKernel();
    keep('answer of a stranger', await strangerAnswer(directory.path, linkSecret.value));
    const doctor = await runCli(['doctor', '--offline'], { ...env, DISPATCH_DATA_DIR: directory.path });
    keep('doctor', doctor.stdout + doctor.stderr);
    keep('kernel log', dispatch.kernel.output());
    keep('gateway log', dispatch.gateway.output());
  } finally {
    await dispatch.stop();
    for (const name of readdirSync(directory.path).filter((file) => /\.db(-\w+)?$/.test(file))) {
      keep('database', readFileSync(join(directory.path, name)).toString('latin1'));
    }
    directory.remove();
    await telltale.close();
  }

  // Every one was really used, every place really looked at, and each form would have been found.
  for (const { value } of [KEY_OF_ENVIRONMENT, KEY_OF_FILE, KEY_IN_FILE, PAGER_TOKEN]) {
    expect(telltale.heard).toContain(value);
  }
  for (const place of ['responses', 'frames', 'kernel log', 'gateway log', 'database', 'doctor']) {
    expect(places[place]?.length ?? 0, place).toBeGreaterThan(100);
  }
  const all = [
    ...[KEY_OF_ENVIRONMENT, KEY_OF_FILE, KEY_IN_FILE, PAGER_TOKEN, API_TOKEN, COOKIE, JWT, TICKET],
    linkSecret,
  ];
  expect(seenIn(places, all)).toEqual([]);
}, 120_000);

it('X1: the search finds a secret in each form it looks for', () => {
  const { value } = KEY_OF_ENVIRONMENT;
  const bytes = Buffer.from(value);
  const shown = [
    `a ${value} b`,
    Buffer.from(`${value} behind`).toString('base64'),
    Buffer.from(`x${value} behind`).toString('base64url'),
    Buffer.from(`xy${value} behind`).toString('base64'),
    bytes.toString('hex').toUpperCase(),
    encodeURIComponent(value),
    [...bytes].map((byte) => `%${byte.toString(16)}`).join(''),
  ];
  for (const [index, text] of shown.entries()) {
    expect(seenIn({ [`form ${index}`]: text }, [KEY_OF_ENVIRONMENT])).not.toEqual([]);
  }
});

/** What rpc.sock says to somebody whose link secret is nearly right. */
function strangerAnswer(dataDir: string, secret: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'x-dispatch-link-secret': `${secret}x` };
    const outgoing = httpRequest(
      { socketPath: join(dataDir, 'rpc.sock'), path: '/models', headers },
      (incoming) => {
        let text = JSON.stringify(incoming.headers);
        incoming.on('data', (chunk) => {
          text += chunk;
        });
        incoming.on('end', () => resolve(text));
      },
    );
    outgoing.on('error', reject);
    outgoing.end();
  });
}
