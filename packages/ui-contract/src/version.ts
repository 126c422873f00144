/** Version of this package, as in its package.json. Written by scripts/sync-versions.ts. */
export const UI_CONTRACT_VERSION = '0.3.0';
