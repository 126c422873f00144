import { surfaceSpecSchema } from '@dispatch/ui-contract/schema';
import { expect, it } from 'vitest';
import { loadedExtensionsSpecFixture } from '../fixtures/index.ts';
import { loadedExtensionsTableSchema, tablePayloadSchema } from './index.ts';

const tables = loadedExtensionsSpecFixture.fields.flatMap((field) =>
  field.kind === 'custom' ? [field.payload] : [],
);

it('the fixture passes the schemas unchanged', () => {
  expect(surfaceSpecSchema.parse(loadedExtensionsSpecFixture)).toEqual(loadedExtensionsSpecFixture);
  expect(loadedExtensionsTableSchema.parse(tables[0])).toEqual(tables[0]);
  expect(tablePayloadSchema.parse(tables[1])).toEqual(tables[1]);
});

it('U5: a table with other columns, or a row that does not fit them, is not that of the loaded extensions', () => {
  expect(loadedExtensionsTableSchema.safeParse(tables[1]).success).toBe(false);
  const columns = ['Name', 'Version', 'Trust', 'Activation'];
  expect(loadedExtensionsTableSchema.safeParse({ columns, rows: [] }).success).toBe(true);
  expect(loadedExtensionsTableSchema.safeParse({ columns, rows: [['Clock', '0.1.1']] }).success).toBe(false);
  expect(loadedExtensionsTableSchema.safeParse({ columns: [...columns, 'Mood'], rows: [] }).success).toBe(
    false,
  );
});
