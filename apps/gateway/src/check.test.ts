import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkGateway } from './check.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'dispatch-gateway-check-'));
const check = (env: Record<string, string>) =>
  checkGateway([], { DISPATCH_DATA_DIR: folder(), ...env }, '/nowhere');

describe('--check', () => {
  it('tells where the gateway would listen and what it speaks', () => {
    const { settings, versions } = check({ DISPATCH_HTTP_PORT: '1234' });
    expect(settings).toEqual({ host: '127.0.0.1', httpPort: 1234, wsPort: 24205, auth: 'local' });
    expect(versions.gateway).toMatch(/^\d+\.\d+\.\d+$/);
    expect(Object.keys(versions.contracts)).toEqual([
      'wire',
      'ui-contract',
      'transport-contract',
      'collab-contract',
    ]);
  });

  it.each([
    [{ DISPATCH_HOST: '0.0.0.0' }, /^DISPATCH_HOST: 0\.0\.0\.0 is not a loopback address/],
    [{ DISPATCH_AUTH: 'oidc' }, /^DISPATCH_OIDC_ISSUER: /],
    [{ DISPATCH_WS_PORT: 'many' }, /^DISPATCH_WS_PORT: must be a port number/],
  ])('%j: says what a start would end with', (env, fault) => {
    expect(check(env).settings).toEqual({ fault: expect.stringMatching(fault) });
  });

  it('reads the configuration file and writes nothing', () => {
    const directory = folder();
    writeFileSync(join(directory, 'dispatch.config.json'), '{"wsPort":7}');
    const { settings } = checkGateway([], { DISPATCH_DATA_DIR: directory }, '/nowhere');
    expect(settings).toMatchObject({ wsPort: 7 });
    expect(readdirSync(directory)).toEqual(['dispatch.config.json']);
  });
});
