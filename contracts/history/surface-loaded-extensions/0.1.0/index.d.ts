/** @dispatch/surface-loaded-extensions 0.1.0, frozen. Compared with, never imported by anything that runs. */

/** Id of the surface in the catalog. It is global: the same in every conversation. */
export declare const LOADED_EXTENSIONS_SURFACE_ID = "loaded-extensions";
/** Label of the first field, a stat: how many extensions are loaded, as text. */
export declare const LOADED_LABEL = "Loaded";
/**
 * Columns of the table behind it: one row for each loaded extension, in the order of activation. `Trust` is `bundled`, `local` or `external`;
 * `Activation` is `eager`.
 */
export declare const LOADED_EXTENSIONS_COLUMNS: readonly ["Name", "Version", "Trust", "Activation"];
/** Columns of the table of extensions that do not run, with a sentence that says why. The table is there only when there are any. */
export declare const DISABLED_EXTENSIONS_COLUMNS: readonly ["Name", "Version", "Reason"];
/** Columns of the table of what failed last in extensions that run. The table is there only when something did. */
export declare const FAILED_EXTENSIONS_COLUMNS: readonly ["Name", "Last error"];
/** Version of this package, as in its package.json. Written by scripts/sync-versions.ts. */
export declare const SURFACE_LOADED_EXTENSIONS_VERSION = "0.1.0";
export { TABLE_RENDERER_ID, type TablePayload } from '../../ui-contract/0.3.0/index.js';
