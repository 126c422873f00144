import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FrameSocket, type ManagedProcess, request } from '@dispatch/tests-processes';
import type { Attack } from '../harness.ts';
import type { Random } from '../random.ts';
import { type Comparison, compare } from './compare.ts';
import type { Damage } from './damage.ts';
import { after, type Lane } from './lane.ts';
import type { Original } from './original.ts';
import { probeAll } from './probe.ts';
import { readEverything } from './reading.ts';
import { structureOf } from './structure.ts';

export interface Case {
  readonly original: Original;
  readonly damage: Damage;
  readonly random: Random;
}

const FRESH = 'conversation-new';
const CHECK_PATIENCE_MS = 30_000;
const ADVICE = /Restore|Put the database back/;

/** Copies, damages, starts, reads, writes, and judges. */
export async function tryDamage(
  lane: Lane,
  { original, damage, random }: Case,
  attack: Attack,
): Promise<void> {
  lane.place(original.directory);
  const did = damage.apply(lane.dataDir, random);
  const what = `${damage.name} (${original.name}, ${did}, seed ${random.seed})`;
  const tell = (text: string) => attack.violation(`${text} — ${what}`);
  attack.count('cases');
  const before = bytesOf(lane.dataDir);
  const isBroken = structureOf(lane.dataDir).length > 0;
  const start = await lane.startKernel();
  if (start.kind === 'hung') return tell('D9: the kernel neither started nor ended');
  if (start.kind === 'ended') {
    attack.count('refused to start');
    if (damage.refusal === 'never') tell(`D9: boot did not succeed: ${lastLine(start.output)}`);
    else if (start.code !== 78) tell(`D9: the kernel ended with ${start.code}: ${lastLine(start.output)}`);
    else if (!ADVICE.test(start.output))
      tell(`D9: refused without saying what to do: ${lastLine(start.output)}`);
    if (bytesOf(lane.dataDir) !== before) tell(`D9: a refused file was changed: ${lastLine(start.output)}`);
    return;
  }
  const { kernel } = start;
  try {
    if (damage.refusal === 'must') tell('D9: the kernel started on it');
    else await judge(lane, kernel, { original, damage, isBroken, random }, attack, tell);
  } catch (error) {
    tell(`D9: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    if (kernel.child.exitCode !== null) tell(`D9: the kernel died: ${lastLine(kernel.output())}`);
    await kernel.kill();
    if (lane.gateway.child.exitCode !== null) {
      tell(`D9: the gateway died: ${lastLine(lane.gateway.output())}`);
      await lane.renewGateway();
    }
  }
}

interface Judged {
  readonly original: Original;
  readonly damage: Damage;
  /** SQLite itself finds the file's structure broken. */
  readonly isBroken: boolean;
  readonly random: Random;
}

async function judge(
  lane: Lane,
  kernel: ManagedProcess,
  { original, damage, isBroken, random }: Judged,
  attack: Attack,
  tell: (text: string) => void,
): Promise<void> {
  if (!(await lane.isReached())) return tell('D9: the gateway never reached the kernel');
  if (original.name === 'killed' && !(await isChecked(kernel)))
    tell('D9: nothing was said of the check after the crash');
  const { reading, socket } = await readEverything(lane, original.first);
  const interrupted = new Set(original.interrupted.keys());
  const compared = compare(original.reading, reading, { interrupted, isOlder: damage.older === true });
  for (const line of compared.violations) tell(line);
  const closed = isReadOnly(kernel);
  if (isBroken && original.name === 'killed' && !closed) tell('D9: a broken structure was not acted on');
  await judgeWrites(lane, socket, { original, damage, isBroken, random, compared }, attack, tell);
  socket.close();
  if (closed) {
    attack.count('read-only');
    const ready = await request(lane.httpUrl, 'GET', '/readyz');
    if (ready.status !== 503 || ready.body.code !== 'store-read-only')
      tell(`O3: readyz says ${JSON.stringify(ready.body)}`);
  }
  const isTold = compared.reported.length > 0 || isReadOnly(kernel);
  attack.count(isTold ? 'reported' : compared.silent.length > 0 ? 'silent elsewhere' : 'identical');
  if (!isTold && compared.silent.length > 0) attack.count(`silent: ${damage.name}`);
}

/** One message into each conversation that was hit, into two others, and into one that is new. */
async function judgeWrites(
  lane: Lane,
  socket: FrameSocket,
  { original, damage, compared, random }: Judged & { readonly compared: Comparison },
  attack: Attack,
  tell: (text: string) => void,
): Promise<void> {
  const others = Object.keys(original.first).filter((id) => !compared.touched.has(id));
  const asked = new Set([
    ...compared.touched,
    FRESH,
    random.pick([...others, FRESH]),
    random.pick([...others, FRESH]),
  ]);
  const probes = await probeAll(lane, socket, [...asked]);
  for (const [id, { outcome, prompt }] of Object.entries(probes)) {
    attack.count(outcome === 'stop' ? 'answered sends' : 'refused sends');
    const isDamaged = compared.damagedLogs.has(id);
    if (isDamaged && (outcome === 'stop' || prompt !== undefined))
      tell(`D9: ${id} is damaged and took a message`);
    const expected = original.probes[id]?.prompt;
    const isSame = prompt === undefined || expected === undefined || prompt === expected;
    // Recovery may have found less of a turn; what it made of it was compared above.
    const mayDiffer = damage.older === true || [...original.interrupted.values()].includes(id);
    if (!isSame && !mayDiffer) tell(`D9: ${id} sent something else to the provider`);
    if (outcome === 'stop' || outcome === 'store-read-only') continue;
    const mayRefuse = id !== FRESH && outcome === 'conversation-damaged';
    if (!mayRefuse) tell(`D9: a send to ${id} ended with ${outcome}`);
    else if (!isDamaged) attack.count('refused though readable');
  }
}

const isReadOnly = (kernel: ManagedProcess) => kernel.output().includes('takes no more writes');

/** The check runs beside the first requests; its result is in the log. */
async function isChecked(kernel: ManagedProcess): Promise<boolean> {
  for (const deadline = performance.now() + CHECK_PATIENCE_MS; performance.now() < deadline; await after(5)) {
    if (isReadOnly(kernel) || kernel.output().includes('its structure is whole')) return true;
    if (kernel.child.exitCode !== null) return true;
  }
  return false;
}

function bytesOf(directory: string): string {
  const hash = createHash('sha256');
  for (const name of ['dispatch.db', 'dispatch.db-wal']) {
    const path = join(directory, name);
    hash.update(existsSync(path) ? readFileSync(path) : 'none');
  }
  return hash.digest('hex');
}

const lastLine = (output: string) => output.trim().split('\n').at(-1)?.slice(0, 400) ?? '';
