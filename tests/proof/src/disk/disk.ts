import type { Harness } from '../harness.ts';
import { failBehindTheFlush } from './failed-commit.ts';
import { failTheDisk } from './failing-disk.ts';
import { fillTheDisk } from './full-disk.ts';
import { lockTheDatabase } from './locked-database.ts';

/** A disk that is full, one that fails, and a database somebody else holds, under a real kernel and gateway. */
export const disk: Harness = {
  name: 'disk',
  proves: ['D1', 'D3', 'D4', 'D7', 'D8', 'T1', 'Q1'],
  plantedBugs: [
    {
      mistake: 'the reserve is never given back',
      file: 'apps/kernel/src/storage/room.ts',
      find: "const freed = file.give(false) || (use === 'opening'",
      replace: "const freed = use === 'opening' && (use === 'opening'",
    },
    {
      mistake: 'what found no room counts as committed',
      file: 'apps/kernel/src/storage/open-store.ts',
      find: "write('event', () => appendTurnEvents(batch));",
      replace: "(await write('event', () => appendTurnEvents(batch))) === 'fenced' ? 'fenced' : 'committed';",
    },
    {
      mistake: 'a flush that failed is an error like others',
      file: 'apps/kernel/src/storage/sqlite/connection.ts',
      find: "new Set(['SQLITE_IOERR_FSYNC', 'SQLITE_IOERR_DIR_FSYNC'])",
      replace: "new Set(['SQLITE_IOERR_NONE'])",
    },
    {
      mistake: 'a transaction that failed is not rolled back',
      file: 'apps/kernel/src/storage/sqlite/connection.ts',
      find: 'if (database.inTransaction) rollback.run();',
      replace: '',
    },
    {
      mistake: 'a commit that failed is left in the log',
      file: 'apps/kernel/src/storage/writer.ts',
      find: '        connection.overwriteFailed();\n',
      replace: '',
    },
    {
      mistake: 'SQLite waits for locks, and the kernel with it',
      file: 'apps/kernel/src/storage/sqlite/pragmas.ts',
      find: 'BUSY_TIMEOUT_MS = 0',
      replace: 'BUSY_TIMEOUT_MS = 5_000',
    },
  ],
  async run(attack) {
    // Three installations of their own; each mostly waits.
    const parts = await Promise.allSettled([
      fillTheDisk(attack),
      failTheDisk(attack),
      lockTheDatabase(attack).then(() => failBehindTheFlush(attack)),
    ]);
    const failed = parts.find((part) => part.status === 'rejected');
    if (failed) throw failed.reason;
  },
};
