import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { COLLAB_CONTRACT_VERSION } from './version.ts';

it('COLLAB_CONTRACT_VERSION is the version of the package', () => {
  const own = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(COLLAB_CONTRACT_VERSION).toBe(own.version);
});
