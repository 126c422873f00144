import type { TablePayload } from '@dispatch/ui-contract';
import { tablePayloadSchema } from '@dispatch/ui-contract/schema';
import type { z } from 'zod';
import { LOADED_EXTENSIONS_COLUMNS } from '../surface.ts';

/** Checks the table of the loaded extensions: its columns are exactly {@link LOADED_EXTENSIONS_COLUMNS}. */
export const loadedExtensionsTableSchema: z.ZodType<TablePayload> = tablePayloadSchema.refine(
  ({ columns }) =>
    columns.length === LOADED_EXTENSIONS_COLUMNS.length &&
    LOADED_EXTENSIONS_COLUMNS.every((column, place) => columns[place] === column),
  { message: 'the columns are those of the table of loaded extensions', path: ['columns'] },
);
