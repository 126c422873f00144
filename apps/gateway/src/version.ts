import { readFileSync } from 'node:fs';
import { COLLAB_CONTRACT_VERSION } from '@dispatch/collab-contract';
import { TRANSPORT_CONTRACT_VERSION, type VersionResponse } from '@dispatch/transport-contract';
import { UI_CONTRACT_VERSION } from '@dispatch/ui-contract';
import { WIRE_VERSION } from '@dispatch/wire';

/** Version of Dispatch as a whole: the root package's. Told by `hello.gateway` and `GET /version`. */
export const GATEWAY_VERSION: string = rootVersion();

function rootVersion(): string {
  const path = new URL('../../../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
  return version;
}

/** Versions of the contracts this gateway speaks. */
export function contractVersions(): VersionResponse['contracts'] {
  return {
    wire: WIRE_VERSION,
    'ui-contract': UI_CONTRACT_VERSION,
    'transport-contract': TRANSPORT_CONTRACT_VERSION,
    'collab-contract': COLLAB_CONTRACT_VERSION,
  };
}
