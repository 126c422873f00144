import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { EXTENSION_API_VERSION, packageVersion } from './version.ts';

it('EXTENSION_API_VERSION is the version of the package', () => {
  const own = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(EXTENSION_API_VERSION).toBe(own.version);
});

it('a module without a package.json above it has no version', () => {
  expect(() => packageVersion('file:///nowhere/src/index.js')).toThrow();
});
