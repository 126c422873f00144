/** Version of this package, as in its package.json. Written by scripts/sync-versions.ts. */
export const SURFACE_MESSAGE_QUEUE_VERSION = '0.1.0';
