import { type Extension, packageVersion } from '@dispatch/extension-api';
import { LOADED_EXTENSIONS_SURFACE_ID } from '@dispatch/surface-loaded-extensions';
import { fieldsOf } from './fields-of.ts';

/** Shows everybody which extensions run, and why others do not. */
export const extension: Extension = {
  manifest: {
    id: 'loaded-extensions',
    name: 'Loaded Extensions',
    version: packageVersion(import.meta.url),
    apiVersion: '^0.4.0',
    contributes: { surfaces: [LOADED_EXTENSIONS_SURFACE_ID] },
  },
  activate: (host) => {
    const shown = host.addSurface({
      id: LOADED_EXTENSIONS_SURFACE_ID,
      title: 'Loaded Extensions',
      region: 'side',
      scope: 'global',
      audience: 'everyone',
      getFields: () => fieldsOf(host.extensions()),
    });
    host.onExtensionsChanged(() => shown.changed());
  },
};
