import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readGatewayConfig } from './config.ts';
import { readLimits } from './limits/limits.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'config-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const read = (env: Record<string, string> = {}, argv: string[] = []) =>
  readGatewayConfig(argv, { DISPATCH_DATA_DIR: home, ...env }, home);

describe('readGatewayConfig', () => {
  it('binds loopback and the documented ports by default', () => {
    expect(read()).toEqual({
      dataDirectory: home,
      host: '127.0.0.1',
      httpPort: 24203,
      wsPort: 24205,
      allowedOrigins: [],
      trustedProxies: [],
      auth: { mode: 'local' },
      limits: readLimits(undefined, 'local'),
    });
  });

  it('flags win over variables, variables over the file', () => {
    writeFileSync(join(home, 'dispatch.config.json'), '{"httpPort":1,"wsPort":2,"host":"::1"}');
    expect(read({ DISPATCH_WS_PORT: '20' }, ['--host', 'localhost'])).toMatchObject({
      host: 'localhost',
      httpPort: 1,
      wsPort: 20,
    });
  });

  it.each(['0.0.0.0', '::', '192.168.1.10', 'example.com', '127.0.0.256', '10.0.0.1', '*', ' 127.0.0.1'])(
    'S-02: refuses to bind %j',
    (host) => {
      expect(() => read({ DISPATCH_HOST: host })).toThrow(/loopback/);
    },
  );

  it('S-02: refuses to bind where others reach it with auth mode local, set or not', () => {
    expect(() => read({ DISPATCH_HOST: '0.0.0.0' })).toThrow('set DISPATCH_AUTH to token or oidc');
    expect(() => read({ DISPATCH_HOST: '0.0.0.0', DISPATCH_AUTH: 'local' })).toThrow(
      'auth mode local needs one',
    );
  });

  it.each(['none', 'LOCAL', 'dev', 'jwt'])('S-01: refuses the auth mode %s', (auth) => {
    expect(() => read({ DISPATCH_AUTH: auth })).toThrow(/DISPATCH_AUTH/);
  });

  it('A1: token and oidc may bind anything; oidc needs its provider', () => {
    const open = { DISPATCH_HOST: '0.0.0.0' };
    expect(read({ ...open, DISPATCH_AUTH: 'token' }).auth).toEqual({ mode: 'token' });
    expect(() => read({ ...open, DISPATCH_AUTH: 'oidc' })).toThrow('DISPATCH_OIDC_ISSUER');
    writeFileSync(
      join(home, 'dispatch.config.json'),
      '{"auth":"oidc","oidc":{"issuer":"https://id.example","clientId":"dispatch"}}',
    );
    expect(read(open).auth).toMatchObject({ mode: 'oidc', oidc: { issuer: 'https://id.example' } });
  });

  it.each(['-1', '65536', '1.5', 'http', '0x10', ' 80'])('refuses the port %j', (port) => {
    expect(() => read({ DISPATCH_HTTP_PORT: port })).toThrow(
      'DISPATCH_HTTP_PORT: must be a port number, 0 to 65535',
    );
  });

  it('takes origins in the form browsers send them and refuses every other', () => {
    const origins = 'https://console.example, http://lan.example:8080';
    expect(read({ DISPATCH_ALLOWED_ORIGINS: origins }).allowedOrigins).toEqual([
      'https://console.example',
      'http://lan.example:8080',
    ]);
    for (const origin of [
      '*',
      'null',
      'console.example',
      'https://console.example/',
      'https://A.example',
      'https://a.example:443',
      'https://a.example,',
    ]) {
      expect(() => read({ DISPATCH_ALLOWED_ORIGINS: origin })).toThrow(/DISPATCH_ALLOWED_ORIGINS/);
    }
  });

  it('takes proxies to trust from the variable before the file, and refuses what is no address', () => {
    writeFileSync(join(home, 'dispatch.config.json'), '{"trustedProxies":["10.0.0.0/8"]}');
    expect(read().trustedProxies).toEqual(['10.0.0.0/8']);
    const proxies = { DISPATCH_TRUSTED_PROXIES: '127.0.0.1, ::1' };
    expect(read(proxies).trustedProxies).toEqual(['127.0.0.1', '::1']);
    expect(() => read({ DISPATCH_TRUSTED_PROXIES: '127.0.0.1,' })).toThrow(
      'DISPATCH_TRUSTED_PROXIES: "" is neither',
    );
  });
});
