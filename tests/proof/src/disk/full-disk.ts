import { type ScriptedModelServer, startScriptedModelServer } from '@dispatch/testkit';
import { type DispatchProcesses, eventually, startDispatch } from '@dispatch/tests-processes';
import type { Attack } from '../harness.ts';
import { createTalker, type Talker } from '../kill/talker.ts';
import { checkTalkers } from './check-talkers.ts';
import { startHeldTurn } from './held-turn.ts';
import { probe, readConversation, readRest } from './probes.ts';
import { isReserved, told } from './reserve.ts';
import { mountSmallDisk, type SmallDisk } from './small-disk.ts';
import { checkWhileFull, checkWithRoom, QUIET } from './while-full.ts';

const DISK_MEBIBYTES = 96;
/** With what the reserve gave back this is too little to make it again, and much for messages. */
const TOO_LITTLE_BYTES = 2 * 1024 * 1024;

/** What happens while the disk is full. */
type Twist =
  | 'none'
  /** Somebody else takes what the reserve gave back, before all turns are sealed. */
  | 'taken'
  /** Some room comes back, but not enough. */
  | 'too-little'
  /** The kernel is killed as it fills up, with turns that run, and starts on the full disk. */
  | 'killed'
  /** The kernel ends in good order, so that SQLite's files beside the database are gone, and somebody else takes all there is. */
  | 'restarted';

const TWISTS: readonly Twist[] = ['none', 'killed', 'too-little', 'taken', 'restarted'];

/** A disk that really is full, to its last block, while people talk. */
export async function fillTheDisk(attack: Attack): Promise<void> {
  const rounds = TWISTS.length * (attack.long ? 15 : 1);
  attack.floor('times full', rounds);
  attack.floor('writes refused with 507', rounds * 7);
  attack.floor('turns ended for want of room', rounds);
  const disk = mountSmallDisk(DISK_MEBIBYTES);
  const server = await startScriptedModelServer();
  let dispatch: DispatchProcesses | undefined;
  try {
    const env = { OPENAI_API_KEY: 'key', OPENAI_BASE_URL: server.openaiUrl };
    dispatch = await startDispatch({ dataDir: disk.dataDir, env });
    const { wsUrl, httpUrl, dataDir } = dispatch;
    if (!isReserved(dataDir)) attack.violation('D8: no reserve was made');
    await probe(httpUrl, 'POST', '/chat', { conversationId: QUIET, message: QUIET, model: 'demo/fast' });
    const talkers = [30, 60, 120].map((words) =>
      createTalker(wsUrl, (index) => `Go on, part ${index}. words: ${words}`, 'demo/writer'),
    );
    let over = false;
    const talking = Promise.all(talkers.map((talker) => talker.talk(() => over)));
    for (let round = 0; round < rounds; round += 1) {
      await new Promise((resolve) => setTimeout(resolve, attack.random.integer(200, 1_200)));
      const twist = TWISTS[round % TWISTS.length] ?? 'none';
      await fillOnce({ dispatch, disk, server, talkers, twist, attack });
    }
    over = true;
    await talking;
    await checkTalkers(httpUrl, talkers, attack);
  } finally {
    await dispatch?.stop();
    await server.close();
    disk.remove();
  }
}

interface Round {
  readonly dispatch: DispatchProcesses;
  readonly disk: SmallDisk;
  readonly server: ScriptedModelServer;
  readonly talkers: readonly Talker[];
  readonly twist: Twist;
  readonly attack: Attack;
}

async function fillOnce(round: Round): Promise<void> {
  const { dispatch, disk, server, talkers, twist, attack } = round;
  const { count, violation } = attack;
  const text = `refused-${crypto.randomUUID()}`;
  const before = await readConversation(dispatch.httpUrl, QUIET);
  const full = { dispatch, attack, twist, text, before };
  const { begins } = told(dispatch.kernel);
  const held = twist === 'taken' ? await startHeldTurn(dispatch, server) : undefined;

  disk.fill();
  count('times full');
  if (twist === 'killed') {
    await new Promise((resolve) => setTimeout(resolve, attack.random.integer(0, 60)));
    await restart(round);
  }
  await eventually('a write that is refused', () => isFull(dispatch.httpUrl));
  if (held) disk.fill();
  else {
    const isOver = () => talkers.flatMap(openTurns).length === 0;
    await eventually('the end of the turns that run', isOver).catch(() => {
      violation(`T1: on a full disk ${talkers.flatMap(openTurns).length} turns are not sealed (${twist})`);
    });
  }
  if (twist === 'too-little') disk.give(TOO_LITTLE_BYTES);
  if (twist === 'restarted') await restart(round);
  await checkWhileFull(full);
  const isNew = twist === 'killed' || twist === 'restarted';
  const toldOf = () => told(dispatch.kernel).begins - (isNew ? 0 : begins);
  await eventually('the line that it is full', () => toldOf() > 0, 5_000).catch(() => 0);
  const times = toldOf();
  if (times !== 1) violation(`D8: the log says ${times} times that the disk is full (${twist})`);
  await held?.goesOn;
  if (held?.isSealed === false) count('seals that waited for room');

  disk.give();
  await checkWithRoom(full);
  await held?.check(attack);
}

/** A start on a full disk, to be read from. */
async function restart({ dispatch, disk, twist, attack }: Round): Promise<void> {
  await dispatch.kernel.kill(twist === 'killed' ? 'SIGKILL' : 'SIGTERM');
  if (twist === 'restarted') disk.fill();
  await dispatch.startKernel().catch((error: Error) => {
    attack.violation(`D8: no start on a full disk: ${error.message}`);
  });
  const reads = async () => (await readRest(dispatch.httpUrl)).every(({ status }) => status === 200);
  await eventually('reads behind the start', reads);
}

/** Turns whose beginning was seen and not their end. */
function openTurns({ observed }: Talker): readonly string[] {
  return [...observed.seen].flatMap(([turnId, events]) =>
    events.at(-1)?.type === 'turn-sealed' ? [] : [turnId],
  );
}

/** The log may still have room of its own for small writes, so this one is not small. */
async function isFull(httpUrl: string): Promise<boolean> {
  const message = `until it is full ${'x'.repeat(50_000)}`;
  return (await probe(httpUrl, 'POST', '/chat', { message, model: 'demo/fast' })).status === 507;
}
