import { readFileSync } from 'node:fs';
import { TURN_TOOLS } from '@dispatch/extension-api';
import { createTestHost } from '@dispatch/extension-api/testing';
import { expect, it } from 'vitest';
import { extension } from './extension.ts';

it('adds exactly the tool it declares, under the version of its package, and asks first', async () => {
  const host = createTestHost(extension);
  // The host refuses whatever the manifest does not declare.
  await host.activate(extension);
  expect(extension.manifest.contributes).toEqual({ tools: ['run-command'] });
  const own = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(extension.manifest.version).toBe(own.version);
  const tool = host.added.tools.get('run-command');
  expect(tool?.approval).toBeDefined();
  expect(tool?.readOnly).toBeUndefined();
});

it('is offered where there is a working directory, and nothing else is touched', async () => {
  const host = createTestHost(extension);
  await host.activate(extension);
  const names = ['current-time', 'write-file', 'run-command'];
  const offered = (cwd: string | null) => host.filter(TURN_TOOLS, names, { conversationId: 'c', cwd });
  expect(await offered('/tmp')).toEqual(names);
  expect(await offered(null)).toEqual(['current-time', 'write-file']);
});
