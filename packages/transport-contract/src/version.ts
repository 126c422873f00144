/** Version of this package, as in its package.json. Written by scripts/sync-versions.ts. */
export const TRANSPORT_CONTRACT_VERSION = '0.14.0';
