/** Id of the surface in the catalog. It is global: the same in every conversation. */
export const LOADED_EXTENSIONS_SURFACE_ID = 'loaded-extensions';

/** Label of the first field, a stat: how many extensions are loaded, as text. */
export const LOADED_LABEL = 'Loaded';

/**
 * Columns of the table behind it: one row for each loaded extension, in the order of activation. `Trust` is `bundled`, `local` or `external`;
 * `Activation` is `eager`.
 */
export const LOADED_EXTENSIONS_COLUMNS = ['Name', 'Version', 'Trust', 'Activation'] as const;

/** Columns of the table of extensions that do not run, with a sentence that says why. The table is there only when there are any. */
export const DISABLED_EXTENSIONS_COLUMNS = ['Name', 'Version', 'Reason'] as const;

/** Columns of the table of what failed last in extensions that run. The table is there only when something did. */
export const FAILED_EXTENSIONS_COLUMNS = ['Name', 'Last error'] as const;
