import { readFileSync } from 'node:fs';
import type { Tool } from '@dispatch/extension-api';
import { expect, it } from 'vitest';
import { extension } from './extension.ts';

it('adds exactly the tool it declares, under the version of its package', async () => {
  const tools: Tool[] = [];
  await extension.activate({
    addTool: (tool) => tools.push(tool),
    addModelProvider: () => {
      throw new Error('declares none');
    },
  });
  expect(tools.map((tool) => tool.name)).toEqual(extension.manifest.contributes?.tools);
  const own = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(extension.manifest.version).toBe(own.version);
});
