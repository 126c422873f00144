import { mkdtempSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodePrincipal, PRINCIPAL_HEADER, socketPaths, writeLinkSecret } from '@dispatch/link';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { captureTerminal } from '../__fixtures__/captured-terminal.ts';
import { EXIT } from '../exit-codes.ts';
import { runCli } from '../program.ts';

const OWNER = { id: 'usr_owner', name: 'Owner', role: 'owner', createdAt: 0, disabledAt: null };
const ADA = { id: 'usr_ada', name: 'Ada', role: 'member', createdAt: 1, disabledAt: null };
const TOKEN = {
  id: 'tok_1',
  userId: ADA.id,
  name: 'laptop',
  scopes: ['signed-in', 'chat:read'],
  createdAt: 0,
  expiresAt: Date.UTC(2027, 1, 19),
  lastUsedAt: null,
  revokedAt: null,
};

let dataDir: string;
let server: Server;
let asked: { route: string; userId: string | undefined; sessionId: string | undefined; body: unknown }[];
let users: object[];

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'dispatch-cli-'));
  asked = [];
  users = [OWNER, ADA];
  const answers: Record<string, () => object> = {
    'GET /users': () => ({ users }),
    'POST /users': () => ({ user: ADA }),
    'PUT /users/usr_ada': () => ({ user: ADA }),
    'GET /tokens': () => ({ tokens: asked.at(-1)?.userId === ADA.id ? [TOKEN] : [] }),
    'POST /tokens': () => ({ token: TOKEN, secret: 'dsp_secret' }),
    'DELETE /tokens/tok_1': () => ({ revoked: true }),
  };
  server = createServer(async (request, response) => {
    let text = '';
    for await (const part of request) text += String(part);
    const route = `${request.method} ${request.url}`;
    const principal = decodePrincipal(String(request.headers[PRINCIPAL_HEADER]));
    const isKnown = request.headers['x-dispatch-link-secret'] === 's3cret';
    asked.push({
      route,
      userId: principal?.userId,
      sessionId: principal?.sessionId,
      body: text && JSON.parse(text),
    });
    const answer = isKnown ? answers[route]?.() : undefined;
    const refusal = {
      error: 'there is no such token',
      code: 'not-found',
      retryable: false,
      requestId: 'req_1',
    };
    response.writeHead(answer === undefined ? 404 : 200).end(JSON.stringify(answer ?? refusal));
  });
  await new Promise<void>((resolve) => server.listen(socketPaths(dataDir).rpc, resolve));
  writeLinkSecret(dataDir, 's3cret');
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

async function run(...line: string[]) {
  const terminal = captureTerminal({ env: { DISPATCH_DATA_DIR: dataDir } });
  const code = await runCli(line, terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

describe('dispatch tokens', () => {
  it('S-03: create prints the secret alone on stdout, and asks as the operator in the user’s name', async () => {
    const { code, out, err } = await run(
      'tokens',
      'create',
      '--user',
      'Ada',
      '--name',
      'laptop',
      '--expires',
      '30d',
      '--scope',
      'chat:read',
    );
    expect([code, out]).toEqual([EXIT.success, 'dsp_secret\n']);
    expect(err).toContain('tok_1 of Ada (usr_ada), for signed-in, chat:read');
    expect(err).toContain('2027-02-19');
    expect(err).not.toContain('dsp_secret');
    expect(asked.at(-1)).toEqual({
      route: 'POST /tokens',
      userId: ADA.id,
      sessionId: 'operator',
      body: { name: 'laptop', scopes: ['chat:read'], expiresInDays: 30 },
    });
    expect(
      JSON.parse((await run('tokens', 'create', '--user', ADA.id, '--name', 'x', '--json')).out),
    ).toMatchObject({
      secret: 'dsp_secret',
    });
    expect(asked.at(-1)?.body).toMatchObject({ scopes: ['chat:read', 'chat:write'], expiresInDays: 90 });
  });

  it.each([
    ['--scope', 'everything'],
    ['--expires', '0d'],
    ['--expires', '4000d'],
    ['--expires', 'soon'],
  ])('refuses %s %s before anybody is asked', async (...given) => {
    expect((await run('tokens', 'create', '--user', 'Ada', '--name', 'x', ...given)).code).toBe(EXIT.usage);
    expect(asked).toEqual([]);
  });

  it('lists everybody’s or one user’s, and revokes by id', async () => {
    const { out } = await run('tokens', 'list');
    expect(out).toBe('tok_1\tAda\tuntil 2027-02-19\tnever used\tsigned-in,chat:read\tlaptop\n');
    expect((await run('tokens', 'list', '--user', 'Owner')).out).toBe('');
    expect((await run('tokens', 'revoke', 'tok_1')).err).toBe('tok_1 is revoked.\n');
    const unknown = await run('tokens', 'revoke', 'tok_2');
    expect([unknown.code, unknown.out]).toEqual([EXIT.notFound, '']);
  });

  it('says whom it does not know, whom there is twice, and who is disabled', async () => {
    const create = (user: string) => run('tokens', 'create', '--user', user, '--name', 'x');
    expect(await create('Bob')).toMatchObject({ code: EXIT.notFound, out: '' });
    users = [{ ...ADA, disabledAt: 5 }];
    expect((await create('Ada')).code).toBe(EXIT.conflict);
    users = [ADA, { ...ADA, id: 'usr_other' }];
    expect((await create('Ada')).err).toContain('usr_ada, usr_other');
  });

  it('says where no kernel runs', async () => {
    await new Promise((resolve) => server.close(resolve));
    for (const directory of [dataDir, join(dataDir, 'nowhere')]) {
      const { code, err } = await run('tokens', 'list', '--data-dir', directory);
      expect([code, err.split('\n')[0]]).toEqual([EXIT.unreachable, `No kernel runs over ${directory}.`]);
    }
  });
});

describe('dispatch users', () => {
  it('adds, lists, disables and enables', async () => {
    expect((await run('users', 'add', 'Ada', '--role', 'admin')).out).toBe('usr_ada\n');
    expect(asked.at(-1)).toMatchObject({ body: { name: 'Ada', role: 'admin' }, sessionId: 'operator' });
    expect((await run('users', 'list')).out).toBe(
      'usr_owner\towner\tenabled\tOwner\nusr_ada\tmember\tenabled\tAda\n',
    );
    expect((await run('users', 'disable', 'Ada')).err).toContain('signed out everywhere');
    expect(asked.at(-1)?.body).toEqual({ disabled: true });
    await run('users', 'enable', 'Ada');
    expect(asked.at(-1)?.body).toEqual({ disabled: false });
  });
});
