import type { PlantedBug } from '../harness.ts';

const storage = 'apps/kernel/src/storage';

export const plantedBugs: readonly PlantedBug[] = [
  {
    mistake: 'the hash of a chunk is not verified when it is read',
    file: `${storage}/chunk-hash.ts`,
    find: 'if (hash !== undefined && hashChunk(hash, row) === row.hash) return true;',
    replace: 'if (hash !== undefined) return true;',
  },
  {
    mistake: 'the checksum of an event is not verified when it is read',
    file: `${storage}/read-events.ts`,
    find: 'if (checksum !== null && checksum !== checksumOfEvent(turnId, n, body)) return undefined;',
    replace: '',
  },
  {
    mistake: 'a finding of the check after a crash is ignored',
    file: `${storage}/check-after-crash.ts`,
    find: 'if (findings.length > 0) return damage.report(findings);',
    replace: '',
  },
  {
    mistake: 'a damaged conversation accepts sends',
    file: 'apps/kernel/src/turn/admit-turn.ts',
    find: 'const history = await store.read.history(conversationId, { sinceSeq: 0 });',
    replace:
      'const history = await store.read.history(conversationId, { sinceSeq: 0 }).catch((error) => error.readable ?? []);',
  },
  {
    mistake: 'an empty file is taken for a new database',
    file: `${storage}/sqlite/open-database.ts`,
    find: 'if (!existsSync(path)) createDatabase(dataDir, path, ids);',
    replace: 'if (!existsSync(path) || statSync(path).size === 0) createDatabase(dataDir, path, ids);',
  },
  {
    mistake: 'commits that a damaged log hides are lost in silence',
    file: `${storage}/sqlite/open-database.ts`,
    find: 'if (lost === 0) return;',
    replace: 'if (lost >= 0) return;',
  },
];
