import { createRequire } from 'node:module';

/**
 * Version of the package that `moduleUrl` belongs to, read from the package.json one folder above it.
 * An extension calls it with `import.meta.url` from a file in its `src` (or `dist`), so that its manifest
 * cannot drift from its package.
 */
export function packageVersion(moduleUrl: string): string {
  const manifest: unknown = createRequire(moduleUrl)('../package.json');
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) {
    if (typeof manifest.version === 'string') return manifest.version;
  }
  throw new Error('The package.json one folder above this module names no version.');
}

/** Version of this package: what the `apiVersion` range of a manifest is compared with. */
export const EXTENSION_API_VERSION: string = packageVersion(import.meta.url);
