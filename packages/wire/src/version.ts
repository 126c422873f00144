/** Version of this package, as in its package.json. Written by scripts/sync-versions.ts. */
export const WIRE_VERSION = '0.8.0';
