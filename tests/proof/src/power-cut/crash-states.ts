import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Attack } from '../harness.ts';
import { CUT_MODES, type CutMode, Disk } from './disk.ts';
import type { IoRecord } from './io-log.ts';
import type { Promised } from './promises.ts';
import { storeFindings } from './store-findings.ts';

/** One directory as a power cut could have left it. */
export interface CrashState {
  readonly mode: CutMode;
  /** How many records were made before the cut. */
  readonly cut: number;
  readonly files: ReadonlyMap<string, Buffer>;
  /** Turns the store has as running. */
  readonly running: readonly string[];
  /** What was promised before the cut; moves on afterwards. */
  readonly promised: Promised;
}

export interface StatesOptions {
  readonly records: readonly IoRecord[];
  readonly promised: Promised;
  /** Ascending. */
  readonly cuts: readonly number[];
  /** Every mode at each cut, or one by chance. */
  readonly everyMode: boolean;
  /** Scratch space. */
  readonly folder: string;
  /** True: enough, stop here. */
  over(): boolean;
  /** Sees each state; what it keeps, it must copy. */
  onState(state: CrashState): void;
}

/** Cuts the power at each of the moments and inspects what is left. Gives way to others between two states. */
export async function inspectStates(options: StatesOptions, attack: Attack): Promise<void> {
  const { records, promised, cuts, everyMode, folder, over, onState } = options;
  const { random, count, violation } = attack;
  const disk = new Disk();
  let made = 0;
  for (const cut of cuts) {
    for (const record of records.slice(made, cut)) disk.apply(record);
    made = cut;
    promised.advance(cut);
    for (const mode of everyMode ? CUT_MODES : [random.pick(CUT_MODES)]) {
      if (over()) return;
      const directory = join(folder, 'state');
      const files = disk.cut(mode, random);
      writeState(directory, files, random.chance(0.1) ? random.bytes(512) : undefined);
      const { broken, running } = storeFindings(directory, promised);
      for (const line of broken) violation(`${line} (${mode}, cut behind ${describe(records, cut)})`);
      count('states');
      count(mode);
      if (disk.unflushed > 0) count('with something unflushed');
      if (disk.isUnflushed('dispatch.db')) count('amid a checkpoint');
      onState({ mode, cut, files, running, promised });
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

/** Gives the directory these files and no others. `shared` is what a cut may leave in the file that only runs are to use. */
export function writeState(
  directory: string,
  files: ReadonlyMap<string, Uint8Array>,
  shared?: Uint8Array,
): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  // Removed, not overwritten: a file that is emptied and filled again is flushed by some file systems, which takes long.
  for (const name of readdirSync(directory)) rmSync(join(directory, name), { recursive: true });
  for (const [name, bytes] of files) writeFileSync(join(directory, name), bytes, { mode: 0o600 });
  if (shared !== undefined && files.has('dispatch.db'))
    writeFileSync(join(directory, 'dispatch.db-shm'), shared);
}

function describe(records: readonly IoRecord[], cut: number): string {
  const { kind, number, data } = records[cut - 1] ?? { kind: 'nothing', number: 0, data: Buffer.alloc(0) };
  return `record ${cut} of ${records.length}: ${kind} ${number} +${data.length}`;
}
