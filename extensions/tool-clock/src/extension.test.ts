import { readFileSync } from 'node:fs';
import { createTestHost } from '@dispatch/extension-api/testing';
import { expect, it } from 'vitest';
import { extension } from './extension.ts';

it('adds exactly the tool it declares, under the version of its package', async () => {
  // The host refuses whatever the manifest does not declare.
  await createTestHost(extension).activate(extension);
  expect(extension.manifest.contributes).toEqual({ tools: ['current-time'] });
  const own = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(extension.manifest.version).toBe(own.version);
});
