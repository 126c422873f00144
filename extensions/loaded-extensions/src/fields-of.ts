import { custom, type ExtensionFacts, stat } from '@dispatch/extension-api';
import {
  DISABLED_EXTENSIONS_COLUMNS,
  FAILED_EXTENSIONS_COLUMNS,
  LOADED_EXTENSIONS_COLUMNS,
  LOADED_LABEL,
  TABLE_RENDERER_ID,
  type TablePayload,
} from '@dispatch/surface-loaded-extensions';
import type { SurfaceField } from '@dispatch/ui-contract';

const table = (columns: readonly string[], rows: TablePayload['rows']) =>
  custom<TablePayload>(TABLE_RENDERER_ID, { columns, rows });

/** The rows of the surface: those that run and their number, then what did not load and what failed, if there is any. */
export function fieldsOf(extensions: readonly ExtensionFacts[]): readonly SurfaceField[] {
  const loaded = extensions.filter(({ disabled }) => disabled === undefined);
  const disabled = extensions.flatMap(({ name, version, disabled: reason }) =>
    reason === undefined ? [] : [[name, version, reason]],
  );
  const failed = loaded.flatMap(({ name, lastError }) =>
    lastError === undefined ? [] : [[name, lastError]],
  );
  return [
    stat(LOADED_LABEL, String(loaded.length)),
    table(
      LOADED_EXTENSIONS_COLUMNS,
      loaded.map(({ name, version, trust, activation }) => [name, version, trust, activation]),
    ),
    ...(disabled.length === 0 ? [] : [table(DISABLED_EXTENSIONS_COLUMNS, disabled)]),
    ...(failed.length === 0 ? [] : [table(FAILED_EXTENSIONS_COLUMNS, failed)]),
  ];
}
