import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Harness } from '../harness.ts';
import { attackRecording } from './attack-recording.ts';
import { CUT_MODES } from './disk.ts';
import { compileRecorder } from './recording.ts';

const SHORT = { recordings: 1, lifeMs: 2_000, states: 2_000, boots: 8, limitMs: 24_000 };
const LONG = { recordings: 10, lifeMs: 3_000, states: 2_000, boots: 10, limitMs: 7 * 60_000 };

/** The power is cut at thousands of instants of a real kernel's life: what its disk could hold then is rebuilt, opened, and held against what people were told. */
export const powerCut: Harness = {
  name: 'power-cut',
  proves: ['D1', 'D2', 'D3', 'D4', 'D5', 'D10', 'D13', 'Q1', 'Q3', 'T1', 'T3', 'T4'],
  plantedBugs: [
    {
      mistake: 'leave synchronous at what the driver takes by itself, NORMAL, and do not look',
      file: 'apps/kernel/src/storage/sqlite/pragmas.ts',
      find:
        "{ journal_mode: 'wal', synchronous: 2, foreign_keys: 1 } as const;\n\n" +
        'export function setPragmas(database: Database.Database): void {\n' +
        "  database.pragma('journal_mode = WAL');\n" +
        "  database.pragma('synchronous = FULL');\n",
      replace:
        "{ journal_mode: 'wal', foreign_keys: 1 } as const;\n\n" +
        'export function setPragmas(database: Database.Database): void {\n' +
        "  database.pragma('journal_mode = WAL');\n",
    },
    {
      mistake: 'publish before the commit',
      file: 'apps/kernel/src/turn/turn-journal.ts',
      find: '    const outcome = await store.appendTurnEvents(taken.flatMap(drafts)).catch((error: unknown) => {\n',
      replace:
        '    for (const { lane, entries } of taken) entries.forEach(({ event }, i) => publish(lane, event, lane.next + i));\n' +
        '    const outcome = await store.appendTurnEvents(taken.flatMap(drafts)).catch((error: unknown) => {\n',
    },
    {
      mistake: 'give the new database its name before it is on the disk',
      file: 'apps/kernel/src/storage/sqlite/open-database.ts',
      find: '    setPragmas(database);\n    applyMigrations(database);\n    const insert',
      replace:
        "    setPragmas(database);\n    database.pragma('synchronous = OFF');\n    applyMigrations(database);\n    const insert",
    },
    {
      mistake: 'forget to flush the directory behind the rename',
      file: 'apps/kernel/src/storage/sqlite/open-database.ts',
      find: '    fsyncSync(directory);\n',
      replace: '    void fsyncSync;\n',
    },
    {
      mistake: 'seal what a crash left running as if it had come to its end',
      file: 'apps/kernel/src/turn/recover-turns.ts',
      find: "? 'aborted' : 'interrupted' };\n",
      replace: "? 'stop' : 'stop' };\n",
    },
  ],
  async run(attack) {
    const { recordings, ...size } = attack.long ? LONG : SHORT;
    attack.floor('states', attack.long ? 20_000 : 300);
    for (const mode of CUT_MODES) attack.floor(mode, attack.long ? 4_000 : 60);
    attack.floor('with something unflushed', attack.long ? 8_000 : 100);
    attack.floor('amid a checkpoint', attack.long ? 1_000 : 20);
    attack.floor('of the first start', 500 * recordings);
    attack.floor('acknowledged messages', 40 * recordings);
    attack.floor('events told', 400 * recordings);
    attack.floor('boots', size.boots * recordings);
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'dispatch-power-')));
    try {
      const library = compileRecorder(folder);
      for (let index = 0; index < recordings; index += 1) {
        await attackRecording(join(folder, String(index)), library, size, attack);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
