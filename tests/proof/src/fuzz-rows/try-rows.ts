import type { Frame, FrameSocket, ManagedProcess } from '@dispatch/tests-processes';
import { request } from '@dispatch/tests-processes';
import { routeSchemas, wsServerMessageSchema } from '@dispatch/transport-contract/schema';
import { compare, isError } from '../corruption/compare.ts';
import type { Lane } from '../corruption/lane.ts';
import { probeAll } from '../corruption/probe.ts';
import {
  type ConversationReading,
  type FirstTurns,
  type Reading,
  readEverything,
  waitFor,
} from '../corruption/reading.ts';
import type { Attack } from '../harness.ts';
import { createRandom } from '../random.ts';
import { readSchedule } from '../warming/told-schedule.ts';
import { mutateMeta, mutateRows } from './mutate-rows.ts';

export interface FuzzedOriginal {
  readonly directory: string;
  readonly first: FirstTurns;
  /** The idempotency key of each conversation's first message. */
  readonly keys: Readonly<Record<string, string>>;
  readonly interrupted: ReadonlySet<string>;
  readonly reading: Reading;
}

/** Share of the conversations that may be hit in one boot. */
const HIT = 0.6;
const FRESH = 'conversation-new';

/** Mutates many rows, starts over them, reads everything and sends a message. */
export async function tryRows(
  lane: Lane,
  original: FuzzedOriginal,
  { mutations, boot }: { readonly mutations: number; readonly boot: number },
  attack: Attack,
): Promise<void> {
  const random = createRandom(attack.random.integer(0, 2 ** 31));
  const ids = Object.keys(original.first);
  const among = ids.filter(() => random.chance(HIT));
  const asWritten = boot % 3 === 2;
  const withNulls = boot % 3 === 1;
  lane.place(original.directory);
  const mutated = mutateRows(lane.dataDir, { among, count: mutations, withNulls, asWritten }, random);
  attack.count('mutations', mutated.mutations);
  const tell = (text: string) => attack.violation(`${text} — boot ${boot}, seed ${random.seed}`);
  await booted(lane, tell, async (kernel) => {
    attack.count('boots');
    const { reading, socket } = await readEverything(lane, original.first);
    checkShapes(reading, socket, asWritten, tell);
    const untouched = ids.filter((id) => !mutated.touched.has(id));
    attack.count('untouched conversations', untouched.length);
    attack.count('touched conversations', mutated.touched.size);
    const compared = compare(only(original.reading, untouched), only(reading, untouched), {
      interrupted: original.interrupted,
      isOlder: false,
    });
    const closed = () => kernel.output().includes('takes no more writes');
    for (const text of [...compared.violations, ...compared.silent]) tell(`D9: untouched, but: ${text}`);
    for (const text of compared.reported) tell(`D9: untouched, but reported: ${text}`);
    await checkThroughput(lane, tell);
    await checkWarming(socket, ids, untouched, attack, tell);
    await repeatAll(socket, original, tell);
    const { [FRESH]: fresh } = await probeAll(lane, socket, [FRESH]);
    if (fresh?.outcome !== 'stop' && !(fresh?.outcome === 'store-read-only' && closed())) {
      tell(`D9: a new conversation got ${fresh?.outcome}`);
    }
    if (closed()) attack.count('read-only');
    attack.count('reported', countReported(reading));
    attack.count('left running', Object.values(reading.conversations).filter(isRunning).length);
    socket.close();
  });
}

/** Mutates one value of what tells what the database is: then it may refuse to start, with what to do. */
export async function tryMeta(lane: Lane, original: FuzzedOriginal, attack: Attack): Promise<void> {
  const random = createRandom(attack.random.integer(0, 2 ** 31));
  lane.place(original.directory);
  const place = mutateMeta(lane.dataDir, random);
  attack.count('mutations');
  const tell = (text: string) => attack.violation(`${text} — ${place}, seed ${random.seed}`);
  const start = await lane.startKernel();
  if (start.kind === 'ready') await start.kernel.kill();
  else if (start.kind === 'hung') tell('D9: the kernel neither started nor ended');
  else if (start.code !== 78) tell(`D9: the kernel ended with ${start.code}: ${start.output.slice(-400)}`);
  else attack.count('refused to start');
}

async function booted(
  lane: Lane,
  tell: (text: string) => void,
  work: (kernel: ManagedProcess) => Promise<void>,
): Promise<void> {
  const start = await lane.startKernel();
  if (start.kind !== 'ready') return tell(`D9: boot did not succeed: ${start.output.slice(-600)}`);
  const { kernel } = start;
  try {
    if (await lane.isReached()) await work(kernel);
    else tell('D9: the gateway never reached the kernel');
  } catch (error) {
    tell(`D9: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    if (kernel.child.exitCode !== null) tell(`D9: the kernel died: ${kernel.output().slice(-600)}`);
    await kernel.kill();
    if (lane.gateway.child.exitCode !== null) {
      tell(`D9: the gateway died: ${lane.gateway.output().slice(-600)}`);
      await lane.renewGateway();
    }
  }
}

function only(reading: Reading, ids: readonly string[]): Reading {
  const conversations = Object.fromEntries(
    Object.entries(reading.conversations).filter(([id]) => ids.includes(id)),
  );
  const { status, body } = reading.list;
  if (status !== 200) return { ...reading, conversations };
  const listed = body.conversations.filter(({ id }: { id: string }) => ids.includes(id));
  return { list: { ...reading.list, body: { conversations: listed } }, conversations };
}

/** Every answer and every frame is what the contract says, or one of its errors. */
function checkShapes(
  reading: Reading,
  socket: FrameSocket,
  asWritten: boolean,
  tell: (text: string) => void,
): void {
  const shapes = { history: routeSchemas.history, metrics: routeSchemas.conversationMetrics } as const;
  const list = routeSchemas.conversations.response.safeParse(reading.list.body);
  if (reading.list.status !== 200 || !list.success) {
    tell(`D9: the list is ${reading.list.status}: ${list.error?.issues[0]?.message ?? ''}`);
  }
  for (const [id, conversation] of Object.entries(reading.conversations)) {
    const answers = {
      ...conversation,
      schemas: { ...shapes, status: routeSchemas.conversationStatus, model: routeSchemas.conversationModel },
    };
    for (const [name, { response }] of Object.entries(answers.schemas)) {
      const answer = conversation[name as 'history'];
      // What was written with a fitting hash is given out as it is.
      if (asWritten && name === 'history' && answer.status === 200) continue;
      const isRight = answer.status === 200 ? response.safeParse(answer.body).success : isError(answer);
      if (!isRight)
        tell(`D9: ${id} ${name} answered ${answer.status} ${JSON.stringify(answer.body).slice(0, 300)}`);
    }
  }
  for (const frame of socket.frames) {
    const parsed = wsServerMessageSchema.safeParse(frame);
    if (!parsed.success) tell(`D9: a frame of no shape: ${JSON.stringify(frame).slice(0, 300)}`);
  }
}

/** The surface of every conversation is shown, or told why not; where nothing was hit it is on as before. */
async function checkWarming(
  socket: FrameSocket,
  ids: readonly string[],
  untouched: readonly string[],
  { count }: Attack,
  tell: (text: string) => void,
): Promise<void> {
  await Promise.all(
    ids.map(async (conversationId) => {
      const id = `warming-${conversationId}`;
      const from = socket.frames.length;
      socket.send({ type: 'subscribe', id, surfaceId: 'cache-warming', conversationId });
      const answer = await waitFor(socket, (frame) => frame['id'] === id);
      const isShown = (frame: Frame) =>
        frame.type === 'surface' && frame['conversationId'] === conversationId;
      const told = socket.frames.slice(from).find(isShown);
      count('warming read');
      const isTold =
        answer?.type === 'ack' || (answer?.type === 'error' && !untouched.includes(conversationId));
      if (!isTold) tell(`D9: the warming of ${conversationId} is not shown: ${JSON.stringify(answer)}`);
      else if (answer.type === 'error') count('warming not shown');
      else if (told === undefined || !wsServerMessageSchema.safeParse(told).success) {
        tell(`D9: the warming of ${conversationId} is ${JSON.stringify(told)?.slice(0, 300)}`);
      } else if (untouched.includes(conversationId)) {
        const { on, intervalMs } = readSchedule(told) ?? {};
        if (on !== true || intervalMs !== 3_000_000)
          tell(`W8: untouched, but warming is ${on} at ${intervalMs} ms`);
      }
    }),
  );
}

async function checkThroughput({ httpUrl }: Lane, tell: (text: string) => void): Promise<void> {
  const date = new Date().toISOString().slice(0, 10);
  const answer = await request(httpUrl, 'GET', `/metrics/throughput?period=day&date=${date}`);
  const isRight = answer.status === 200 && routeSchemas.throughput.response.safeParse(answer.body).success;
  if (!isRight) tell(`D9: throughput answered ${answer.status} ${JSON.stringify(answer.body).slice(0, 300)}`);
}

/** Sends every first message again under its key: an old turn, a new one, or a refusal; never silence. */
async function repeatAll(
  socket: FrameSocket,
  { keys }: FuzzedOriginal,
  tell: (text: string) => void,
): Promise<void> {
  await Promise.all(
    Object.entries(keys).map(async ([conversationId, idempotencyKey], index) => {
      const id = `again-${conversationId}`;
      const model = index % 3 === 1 ? 'openai/tools' : 'openai/plain';
      const message = `Message of ${conversationId}.`;
      socket.send({ type: 'chat.send', id, conversationId, message, model, idempotencyKey });
      const answer = await waitFor(socket, (frame) => frame['id'] === id);
      if (answer === undefined) tell(`D9: no answer to a repeated message of ${conversationId}`);
    }),
  );
}

/** A turn whose own rows are too damaged to end it; nobody is answered in its conversation until an operator acts. */
const isRunning = ({ status }: ConversationReading) => status.status === 200 && status.body.turnId !== null;

function countReported(reading: Reading): number {
  return Object.values(reading.conversations).filter(
    ({ history, metrics, replay }) =>
      history.status !== 200 ||
      history.body.damaged !== undefined ||
      metrics.status !== 200 ||
      metrics.body.damaged !== undefined ||
      replay.told.length > 0,
  ).length;
}
