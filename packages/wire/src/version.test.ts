import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { WIRE_VERSION } from './version.ts';

it('WIRE_VERSION is the version of the package', () => {
  const own = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(WIRE_VERSION).toBe(own.version);
});
