import { readFileSync } from 'node:fs';

/** Version of Dispatch as a whole: the root package's. */
export const KERNEL_VERSION: string = rootVersion();

function rootVersion(): string {
  const path = new URL('../../../../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
  return version;
}
