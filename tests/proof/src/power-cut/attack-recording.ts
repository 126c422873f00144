import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Attack } from '../harness.ts';
import { bootFindings } from './boot.ts';
import { type CrashState, inspectStates } from './crash-states.ts';
import { chooseCuts, firstStartCuts } from './cuts.ts';
import { CUT_MODES } from './disk.ts';
import { unfaithful } from './faithful.ts';
import { Promised, untold, whatWasTold } from './promises.ts';
import { type Recording, record } from './recording.ts';

/** How much is done with one recording. */
export interface RecordingSize {
  /** How long each of its three kernels lives. */
  readonly lifeMs: number;
  /** States to inspect besides those of the first start. */
  readonly states: number;
  /** States to start a kernel on. */
  readonly boots: number;
  /** When to begin nothing more, counted from the first state. */
  readonly limitMs: number;
}

/** States of one walk through a recording: few, so that whoever is out of time has been everywhere. */
const WALK_STATES = 500;
const FIRST_START_BOOTS = 2;
/** More would only say the same again. */
const ENOUGH_VIOLATIONS = 40;
const BOOT_MS = 60_000;

/** Records the lives of a kernel, then cuts the power at many of their instants. */
export async function attackRecording(
  folder: string,
  library: string,
  { lifeMs, states, boots, limitMs }: RecordingSize,
  attack: Attack,
): Promise<void> {
  mkdirSync(folder);
  const recording = await record(folder, library, lifeMs);
  const { records, people } = recording;
  const told = whatWasTold(records);
  describe(recording, attack);
  attack.count('acknowledged messages', told.filter(({ kind }) => kind === 'acknowledged').length);
  attack.count('events told', told.filter(({ kind }) => kind === 'event').length);
  for (const { contradictions } of people) for (const line of contradictions) attack.violation(line);
  // With a recording that is not whole, everything below would be worth nothing.
  for (const line of [...untold(told, people), ...unfaithful(recording)])
    attack.violation(`not recorded: ${line}`);

  const texts = new Map(people.flatMap(({ acknowledged }) => [...acknowledged]));
  const began = performance.now();
  let found = 0;
  let inspected = 0;
  const counting: Attack = {
    ...attack,
    violation: (line) => {
      found += 1;
      attack.violation(line);
    },
  };
  const isHopeless = () => found >= ENOUGH_VIOLATIONS;
  const isOver = () => isHopeless() || performance.now() - began > limitMs;
  let booting: Promise<void> = Promise.resolve();

  /** Walks through the recording once; on `starts` of the states, evenly spread, a kernel is started meanwhile. */
  const walk = async (cuts: readonly number[], everyMode: boolean, starts: number, figure?: string) => {
    const share = Math.floor((cuts.length * (everyMode ? CUT_MODES.length : 1)) / starts);
    const chosen = new Set(
      Array.from({ length: starts }, (_, part) => part * share + attack.random.integer(1, share)),
    );
    let index = 0;
    const onState = (state: CrashState) => {
      index += 1;
      inspected += 1;
      if (figure !== undefined) attack.count(figure);
      if (!chosen.has(index)) return;
      const files = new Map([...state.files].map(([name, bytes]) => [name, Buffer.from(bytes)]));
      const kept = { ...state, files, promised: state.promised.copy() };
      booting = booting.then(() => boot(join(folder, 'boot'), kept, attack));
    };
    const promised = new Promised(told, texts);
    // A walk on which kernels are started comes to its end however slow the machine is: the last start may be on its last state.
    const over = starts > 0 ? isHopeless : isOver;
    await inspectStates({ records, promised, cuts, everyMode, folder, over, onState }, counting);
  };

  try {
    await walk(firstStartCuts(records), true, FIRST_START_BOOTS, 'of the first start');
    for (let done = 0; done === 0 || (done < states && !isOver()); done += WALK_STATES) {
      const cuts = chooseCuts(records, WALK_STATES, attack.random);
      await walk(cuts, false, done === 0 ? boots - FIRST_START_BOOTS : 0);
    }
    attack.note(`${Math.round((inspected * 1000) / (performance.now() - began))} states a second`);
  } finally {
    await booting;
  }
}

async function boot(directory: string, state: CrashState, { count, violation }: Attack): Promise<void> {
  const tooLong = new Promise<string[]>((resolve) => {
    setTimeout(() => resolve([`D2: no answer within ${BOOT_MS / 1000} s`]), BOOT_MS).unref();
  });
  const broken = await Promise.race([bootFindings(directory, state), tooLong]);
  for (const line of broken) violation(`${line} (a start on ${state.mode}, cut behind record ${state.cut})`);
  count('boots');
  count('turns left running', state.running.length);
}

function describe({ records }: Recording, { note }: Attack): void {
  const bytes = records.reduce((sum, { data }) => sum + data.length, 0);
  const flushes = records.filter(({ kind }) => kind === 'flush').length;
  note(`recorded: ${records.length} records, ${flushes} flushes, ${Math.round(bytes / 1e6)} MB`);
}
