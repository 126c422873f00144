import { COLLAB_CONTRACT_VERSION } from '@dispatch/collab-contract';
import { TRANSPORT_CONTRACT_VERSION, type VersionResponse } from '@dispatch/transport-contract';
import { UI_CONTRACT_VERSION } from '@dispatch/ui-contract';
import { WIRE_VERSION } from '@dispatch/wire';

/** Versions of the contracts this gateway speaks. */
export function contractVersions(): VersionResponse['contracts'] {
  return {
    wire: WIRE_VERSION,
    'ui-contract': UI_CONTRACT_VERSION,
    'transport-contract': TRANSPORT_CONTRACT_VERSION,
    'collab-contract': COLLAB_CONTRACT_VERSION,
  };
}
