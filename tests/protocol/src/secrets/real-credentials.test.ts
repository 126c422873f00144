import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDataDirectory, openSocket, runCli, startDispatch } from '@dispatch/tests-processes';
import { expect, it } from 'vitest';
import { type Canary, seenIn } from './canaries.ts';

/** The part of `dsp_<kind>_<id>_<secret>_<checksum>` that nobody else may know. */
function secretIn(field: string, credential: string): Canary {
  const value = /_(\w{43})_\w+$/.exec(credential)?.[1];
  if (value === undefined) throw new Error(`${field} has another form than expected`);
  return { field, value };
}

it('X1: what the backend itself gives out as secret is shown where it is given out, and nowhere else', async () => {
  const directory = createDataDirectory();
  const env = { DISPATCH_AUTH: 'token', DISPATCH_LOG_LEVEL: 'trace' };
  const dispatch = await startDispatch({ dataDir: directory.path, env });
  const places: Record<string, string> = {};
  const keep = (place: string, text: string): void => {
    places[place] = (places[place] ?? '') + text;
  };
  const call = async (
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: unknown,
  ): Promise<Response> =>
    fetch(`${dispatch.httpUrl}${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const canaries: Canary[] = [];

  try {
    const made = await runCli(
      ['tokens', 'create', '--user', 'Owner', '--name', 'canary', '--scope', 'chat:read', '--scope', 'admin'],
      { DISPATCH_DATA_DIR: directory.path },
    );
    const token = made.stdout.trim();
    canaries.push(secretIn('an API token', token));
    keep('CLI', made.stderr);
    const bearer = { authorization: `Bearer ${token}` };
    const created = await call('POST', '/tokens', bearer, { name: 'second', scopes: ['chat:read'] });
    canaries.push(secretIn('a token made over HTTP', ((await created.json()) as { secret: string }).secret));
    const signedIn = await call('POST', '/session', {}, { token });
    const [cookie = ''] = (signedIn.headers.get('set-cookie') ?? '').split(';');
    canaries.push(secretIn('the cookie of a session', cookie.replace(/^.*?=/, '')));
    keep('responses', await signedIn.text());
    const tickets: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      const { ticket } = (await (await call('POST', '/ws-ticket', bearer)).json()) as { ticket: string };
      tickets.push(ticket);
      canaries.push({ field: `ticket ${count}`, value: ticket.replace('dsp_tkt_', '') });
    }
    canaries.push({
      field: 'the pepper',
      value: readFileSync(join(directory.path, 'pepper'), 'latin1').trim(),
    });

    for (const headers of [bearer, { cookie }, { authorization: `Bearer ${token}x` }, {}]) {
      for (const path of ['/me', '/tokens', '/sessions', '/users', '/audit', '/presence', '/conversations']) {
        keep('responses', await (await call('GET', path, headers)).text());
      }
      const refused = await call('POST', '/session', headers, { token: `${token.slice(0, -1)}0` });
      keep('responses', await refused.text());
      keep('responses', await (await call('PUT', '/users/usr_owner', headers, { role: token })).text());
    }
    for (const ticket of tickets.slice(0, 2)) {
      const socket = await openSocket(`${dispatch.wsUrl}/?ticket=${ticket}`);
      await socket.frame('hello', ({ type }) => type === 'hello');
      socket.send({ type: 'chat.subscribe', conversationId: 'c', id: 's' });
      socket.sendText(`{"type":"${ticket}"`);
      await socket.frame('a refusal', ({ type }) => type === 'error');
      keep('frames', socket.texts.join('\n'));
      socket.close();
      await expect(openSocket(`${dispatch.wsUrl}/?ticket=${ticket}`)).rejects.toThrow('401');
    }
    await dispatch.kernel.kill();
    keep('responses', await (await call('GET', '/me', bearer)).text());
    keep('kernel log', dispatch.kernel.output());
    await dispatch.startKernel();
    const [, , id = ''] = token.split('_');
    const revoked = await runCli(['tokens', 'revoke', `tok_${id}`], { DISPATCH_DATA_DIR: directory.path });
    expect(revoked.code, revoked.stderr).toBe(0);
    keep('CLI', revoked.stdout + revoked.stderr);
    const listed = await runCli(['tokens', 'list'], { DISPATCH_DATA_DIR: directory.path });
    keep('CLI', listed.stdout + listed.stderr);
    keep('kernel log', dispatch.kernel.output());
    keep('gateway log', dispatch.gateway.output());
  } finally {
    await dispatch.stop();
    for (const name of readdirSync(directory.path).filter((file) => /\.db(-\w+)?$/.test(file))) {
      keep('database', readFileSync(join(directory.path, name)).toString('latin1'));
    }
    directory.remove();
  }
  for (const place of ['responses', 'frames', 'kernel log', 'gateway log', 'database', 'CLI']) {
    expect(places[place]?.length ?? 0, place).toBeGreaterThan(100);
  }
  expect(canaries.length).toBe(7);
  expect(seenIn(places, canaries)).toEqual([]);
}, 60_000);
