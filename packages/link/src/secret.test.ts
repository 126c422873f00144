import { format, inspect } from 'node:util';
import { expect, it } from 'vitest';
import { Secret } from './secret.ts';

it('S-42: however a secret is printed, nothing of it is shown', () => {
  const secret = new Secret('sk-canary');
  const printed = [
    String(secret),
    `${secret}`,
    `a${secret}`,
    JSON.stringify({ secret, list: [secret] }),
    inspect(secret),
    inspect({ deep: { deeper: { secret } } }, { depth: 9, showHidden: true }),
    format('%s %o %j', secret, secret, secret),
    JSON.stringify(Object.entries(secret)),
    JSON.stringify({ ...secret }),
  ];
  expect(printed.filter((text) => text.includes('canary'))).toEqual([]);
  expect(printed[0]).toBe('[redacted]');
  expect(secret.reveal()).toBe('sk-canary');
});
