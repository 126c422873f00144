export { TABLE_RENDERER_ID, type TablePayload } from '@dispatch/ui-contract';
export {
  DISABLED_EXTENSIONS_COLUMNS,
  FAILED_EXTENSIONS_COLUMNS,
  LOADED_EXTENSIONS_COLUMNS,
  LOADED_EXTENSIONS_SURFACE_ID,
  LOADED_LABEL,
} from './surface.ts';
export { SURFACE_LOADED_EXTENSIONS_VERSION } from './version.ts';
