/** Writes the version constant of every contract package from its package.json. Run after `changeset version`. */
import { readFileSync, writeFileSync } from 'node:fs';

const constants = {
  wire: 'WIRE_VERSION',
  'ui-contract': 'UI_CONTRACT_VERSION',
  'collab-contract': 'COLLAB_CONTRACT_VERSION',
  'transport-contract': 'TRANSPORT_CONTRACT_VERSION',
  'surface-loaded-extensions': 'SURFACE_LOADED_EXTENSIONS_VERSION',
  'surface-cache-warming': 'SURFACE_CACHE_WARMING_VERSION',
  'surface-message-queue': 'SURFACE_MESSAGE_QUEUE_VERSION',
} as const;

for (const [name, constant] of Object.entries(constants)) {
  const { version } = JSON.parse(readFileSync(`packages/${name}/package.json`, 'utf8'));
  writeFileSync(
    `packages/${name}/src/version.ts`,
    `/** Version of this package, as in its package.json. Written by scripts/sync-versions.ts. */\nexport const ${constant} = '${version}';\n`,
  );
  process.stdout.write(`${constant} ${version}\n`);
}
