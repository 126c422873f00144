import { readFileSync } from 'node:fs';

/** Version of Dispatch as a whole: the root package's. Told by `hello.gateway`, `GET /version`, the metrics and `dispatch --version`. */
export const PRODUCT_VERSION: string = rootVersion();

/** The same way from here in the sources and in the build. */
function rootVersion(): string {
  const path = new URL('../../../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
  return version;
}
