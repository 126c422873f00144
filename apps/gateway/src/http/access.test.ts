import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { type AccessRules, checkAccess, isAllowedOrigin, isTrustedPage } from './access.ts';

const rules: AccessRules = {
  mode: 'local',
  host: '127.0.0.1',
  allowedOrigins: ['https://console.example', 'https://console.example:8443'],
};

function incoming(headers: Record<string, string>, host: string[] = ['localhost:24203'], url = '/models') {
  return {
    headers: { ...headers },
    headersDistinct: { host },
    url,
    method: 'GET',
  } as unknown as IncomingMessage;
}

describe('checkAccess', () => {
  it.each([
    'http://localhost',
    'http://localhost:5173',
    'https://localhost:1',
    'http://127.0.0.1:24203',
    'http://[::1]:65535',
    'https://console.example',
    'https://console.example:8443',
  ])('S-20: origin %s may', (origin) => {
    expect(checkAccess(incoming({ origin }), rules)).toBeUndefined();
  });

  it.each([
    'null',
    '',
    '*',
    'localhost',
    'file://',
    'http://localhost.evil.example',
    'http://localhost:80.evil.example',
    'http://evil.example/?http://localhost',
    'http://evillocalhost',
    'http://localhost@evil.example',
    'http://user@localhost',
    'http://localhost/',
    'http://localhost#',
    'http://localhost:',
    'http://localhost:99999',
    'http://localhost:-1',
    'http://LOCALHOST',
    'HTTP://localhost',
    'http://localhost.',
    'http://127.0.0.1.',
    'http://127.0.0.1.evil.example',
    'http://127.0.0.2',
    'http://127.1',
    'http://2130706433',
    'http://0.0.0.0',
    'http://[::]',
    'http://[::ffff:127.0.0.1]',
    'http://[0:0:0:0:0:0:0:1]',
    'ws://localhost',
    'chrome-extension://localhost',
    'http://ⓛocalhost',
    'http://localhost\u0000',
    'http://localhost, http://localhost',
    ' http://localhost',
    'http://console.example',
    'https://console.example.',
    'https://console.example/',
    'https://CONSOLE.example',
    'https://console.example:443',
    'https://a.console.example',
    'https://console.example.evil.example',
    'https://xconsole.example',
    'https://consoleXexample',
    'https://console.example:8444',
  ])('S-20: origin %j may not', (origin) => {
    expect(checkAccess(incoming({ origin }), rules)?.code).toBe('forbidden-origin');
    expect(isAllowedOrigin(origin, rules)).toBe(false);
  });

  it.each([
    ['localhost'],
    ['localhost:24203'],
    ['LOCALHOST:24203'],
    ['127.0.0.1'],
    ['127.0.0.1:1'],
    ['[::1]'],
    ['[::1]:24203'],
  ])('S-02: host %s may', (host) => {
    expect(checkAccess(incoming({}, [host]), rules)).toBeUndefined();
  });

  it.each([
    [[]],
    [['']],
    [['evil.example']],
    [['evil.example:24203']],
    [['localhost.evil.example']],
    [['localhost.']],
    [['127.0.0.2']],
    [['127.0.0.1.nip.io']],
    [['0.0.0.0']],
    [['192.168.1.10']],
    [['[::]']],
    [['[fe80::1]']],
    [['::1']],
    [['localhost:99999']],
    [['localhost:24203:1']],
    [['localhost/']],
    [['user@localhost']],
    [['localhost', 'localhost']],
    [['localhost', 'evil.example']],
  ])('S-02: host %j may not', (host) => {
    expect(checkAccess(incoming({}, host), rules)?.code).toBe('forbidden-host');
  });

  it.each(['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-anything'])(
    'S-02: a request with %s may not',
    (name) => {
      expect(checkAccess(incoming({ [name]: 'x' }), rules)?.code).toBe('forbidden-host');
    },
  );

  it.each(['http://localhost/models', 'models', '*', 'evil.example:443'])(
    'target %s is not a path',
    (url) => {
      expect(checkAccess(incoming({}, undefined, url), rules)?.code).toBe('invalid-request');
    },
  );

  it.each(['/conversations/%E0%A4%A', '/conversations/%zz', '/%'])('path %s cannot be decoded', (url) => {
    expect(checkAccess(incoming({}, undefined, url), rules)?.code).toBe('invalid-request');
    expect(checkAccess(incoming({}, undefined, '/conversations/%E0%A4%A1?x=%zz'), rules)).toBeUndefined();
  });

  it('the bound host may be named as it was bound', () => {
    const request = incoming({}, ['127.0.0.9:24203']);
    expect(checkAccess(request, { ...rules, host: '127.0.0.9' })).toBeUndefined();
  });
});

describe('checkAccess where everybody may knock', () => {
  const open: AccessRules = { ...rules, mode: 'token', host: '0.0.0.0' };
  const from = (origin: string, host = 'dispatch.example') => incoming({ origin }, [host]);

  it('takes any host and requests through a proxy', () => {
    expect(
      checkAccess(incoming({ 'x-forwarded-for': '10.0.0.1' }, ['dispatch.example']), open),
    ).toBeUndefined();
    expect(checkAccess(incoming({}, ['192.168.1.10:24203']), open)).toBeUndefined();
  });

  it.each([
    ['https://console.example', 'dispatch.example'],
    ['https://dispatch.example', 'dispatch.example'],
    ['https://dispatch.example', 'DISPATCH.example:443'],
    ['http://192.168.1.10:24203', '192.168.1.10:24203'],
    ['http://[fe80::1]:24203', '[fe80::1]:24203'],
  ])('S-20: origin %s may at host %s', (origin, host) => {
    expect(checkAccess(from(origin, host), open)).toBeUndefined();
    expect(isTrustedPage(from(origin, host), open)).toBe(true);
  });

  it.each([
    ['null', 'null'],
    ['http://localhost:5173', 'dispatch.example'],
    ['http://127.0.0.1', 'dispatch.example'],
    ['https://dispatch.example.evil.example', 'dispatch.example'],
    ['https://evil.example', 'dispatch.example'],
    ['https://dispatch.example:8443', 'dispatch.example'],
    ['https://dispatch.example/', 'dispatch.example'],
    ['https://DISPATCH.example', 'dispatch.example'],
    ['https://evil.example', 'evil.example@dispatch.example'],
    ['https://dispatch.example', 'evil@dispatch.example'],
    ['ws://dispatch.example', 'dispatch.example'],
    ['https://dispatch.example', ''],
  ])('S-20: origin %s may not at host %s', (origin, host) => {
    expect(checkAccess(from(origin, host), open)?.code).toBe('forbidden-origin');
  });

  it('S-29: who names no origin is no page, trusted least of all', () => {
    expect(checkAccess(incoming({}, ['dispatch.example']), open)).toBeUndefined();
    expect(isTrustedPage(incoming({}, ['dispatch.example']), open)).toBe(false);
  });
});
