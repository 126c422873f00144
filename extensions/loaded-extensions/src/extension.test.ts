import { readFileSync } from 'node:fs';
import type { ExtensionFacts } from '@dispatch/extension-api';
import { createTestHost } from '@dispatch/extension-api/testing';
import { loadedExtensionsTableSchema, tablePayloadSchema } from '@dispatch/surface-loaded-extensions/schema';
import { expect, it } from 'vitest';
import { extension } from './extension.ts';

const facts = (name: string, more: Partial<ExtensionFacts> = {}): ExtensionFacts => ({
  id: name.toLowerCase(),
  name,
  version: '1.2.3',
  trust: 'bundled',
  activation: 'eager',
  capabilities: [],
  ...more,
});

const three = [facts('Clock'), facts('Plan', { trust: 'local' }), facts('Far', { trust: 'external' })];

async function shownTo(extensions: readonly ExtensionFacts[]) {
  const test = createTestHost({ manifest: extension.manifest, extensions });
  await test.activate(extension);
  return test;
}

it('U5: the count, then one row of four aligned cells for each loaded extension of every trust', async () => {
  const test = await shownTo(three);
  const { fields, ...about } = await test.surfaces.show('loaded-extensions');
  expect(about).toEqual({ id: 'loaded-extensions', region: 'side', title: 'Loaded Extensions' });
  expect(fields).toEqual([
    { kind: 'stat', label: 'Loaded', value: '3' },
    {
      kind: 'custom',
      rendererId: 'table',
      payload: {
        columns: ['Name', 'Version', 'Trust', 'Activation'],
        rows: [
          ['Clock', '1.2.3', 'bundled', 'eager'],
          ['Plan', '1.2.3', 'local', 'eager'],
          ['Far', '1.2.3', 'external', 'eager'],
        ],
      },
    },
  ]);
  expect(loadedExtensionsTableSchema.safeParse(Object(fields[1]).payload).success).toBe(true);
});

it('those that do not run are counted nowhere, and stand with their reason in a table of their own', async () => {
  const broken = facts('Broken', { disabled: 'Its activation threw: no key.' });
  const failing = facts('Failing', { lastError: 'A listener threw.' });
  const test = await shownTo([...three, failing, broken]);
  const { fields } = await test.surfaces.show('loaded-extensions');
  expect(fields[0]).toMatchObject({ value: '4' });
  const tables = fields.slice(1).map((field) => tablePayloadSchema.parse(Object(field).payload));
  expect(tables.map(({ columns }) => columns)).toEqual([
    ['Name', 'Version', 'Trust', 'Activation'],
    ['Name', 'Version', 'Reason'],
    ['Name', 'Last error'],
  ]);
  expect(tables[0]?.rows.map(([name]) => name)).toEqual(['Clock', 'Plan', 'Far', 'Failing']);
  expect(tables[1]?.rows).toEqual([['Broken', '1.2.3', 'Its activation threw: no key.']]);
  expect(tables[2]?.rows).toEqual([['Failing', 'A listener threw.']]);
});

it('is global, the same for everybody, and sent once for each change of the extensions', async () => {
  const test = await shownTo(three);
  expect(test.surfaces.catalog()).toMatchObject([{ scope: 'global', audience: 'everyone' }]);
  const reader = await test.surfaces.subscribe('loaded-extensions', { conversationId: 'c' });
  expect(reader.context).toEqual({ userId: '' });
  await test.setExtensions(three.slice(1));
  expect(reader.updates).toHaveLength(1);
  expect(reader.latest().fields[0]).toMatchObject({ value: '2' });
  expect(await test.invoke('loaded-extensions', 'anything')).toMatchObject({ code: 'unknown-action' });
});

it('stands under the version of its package', () => {
  const own = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(extension.manifest.version).toBe(own.version);
});
