import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { TRANSPORT_CONTRACT_VERSION } from './version.ts';

it('TRANSPORT_CONTRACT_VERSION is the version of the package', () => {
  const own = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(TRANSPORT_CONTRACT_VERSION).toBe(own.version);
});
