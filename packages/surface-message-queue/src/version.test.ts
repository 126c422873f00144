import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { SURFACE_MESSAGE_QUEUE_VERSION } from './version.ts';

it('SURFACE_MESSAGE_QUEUE_VERSION is the version of the package', () => {
  const own = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(SURFACE_MESSAGE_QUEUE_VERSION).toBe(own.version);
});
