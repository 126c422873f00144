/** Version of this package, as in its package.json. Written by scripts/sync-versions.ts. */
export const COLLAB_CONTRACT_VERSION = '0.2.1';
