import { describe, expect, it } from 'vitest';
import { oidcSettings } from './oidc-settings.ts';

const ENV = { DISPATCH_OIDC_ISSUER: 'https://id.example', DISPATCH_OIDC_CLIENT_ID: 'dispatch' };

describe('oidcSettings', () => {
  it('needs an issuer and a client, and has safe defaults for the rest', () => {
    expect(oidcSettings(ENV)).toEqual({
      issuer: 'https://id.example',
      clientId: 'dispatch',
      audience: 'dispatch',
      algorithms: ['ES256', 'EdDSA', 'RS256'],
    });
    expect(() => oidcSettings({ DISPATCH_OIDC_CLIENT_ID: 'x' })).toThrow('DISPATCH_OIDC_ISSUER');
    expect(() => oidcSettings({ DISPATCH_OIDC_ISSUER: 'https://id.example' })).toThrow(
      'DISPATCH_OIDC_CLIENT_ID',
    );
  });

  it('variables win over the file', () => {
    const entry = { issuer: 'https://other.example', audience: 'api', owner: 'me', clientSecret: 's3cret' };
    expect(oidcSettings(ENV, entry)).toMatchObject({
      issuer: 'https://id.example',
      audience: 'api',
      owner: 'me',
      clientSecret: 's3cret',
    });
  });

  it.each([
    'http://id.example',
    'http://localhost.evil.example',
    'file:///etc/passwd',
    'id.example',
    'https://user@id.example',
    'https://id.example/?x=1',
    'https://id.example/#x',
  ])('S-07: refuses the issuer %s', (issuer) => {
    expect(() => oidcSettings({ ...ENV, DISPATCH_OIDC_ISSUER: issuer })).toThrow('DISPATCH_OIDC_ISSUER');
  });

  it('an issuer on this machine need not have a certificate', () => {
    expect(oidcSettings({ ...ENV, DISPATCH_OIDC_ISSUER: 'http://127.0.0.1:9000' }).issuer).toBe(
      'http://127.0.0.1:9000',
    );
  });

  it.each(['none', 'HS256', 'ES256,HS256', ''.padEnd(3, ',')])(
    'S-06: refuses the algorithms %j',
    (algorithms) => {
      expect(() => oidcSettings({ ...ENV, DISPATCH_OIDC_ALGORITHMS: algorithms })).toThrow(
        'DISPATCH_OIDC_ALGORITHMS',
      );
    },
  );
});
