import { type Answer, type Frame, type FrameSocket, openSocket, request } from '@dispatch/tests-processes';
import { after } from './lane.ts';

/** Everything a client can see of one conversation. */
export interface ConversationReading {
  readonly history: Answer;
  readonly metrics: Answer;
  readonly status: Answer;
  readonly model: Answer;
  readonly replay: Replay;
}

export interface ReplayedEvent {
  readonly n: number;
  readonly type: string;
}

/** What a watcher of a conversation is given who asks for all of it. */
export interface Replay {
  /** Events by turn, in the order of their arrival, with their index. */
  readonly turns: Readonly<Record<string, readonly ReplayedEvent[]>>;
  /** Codes of `chat.error` frames and reasons of `chat.reset`: what was told instead. */
  readonly told: readonly string[];
}

export interface Reading {
  readonly list: Answer;
  readonly conversations: Readonly<Record<string, ConversationReading>>;
}

/** The first turn of each conversation: a replay begins there and goes on through all later ones. */
export type FirstTurns = Readonly<Record<string, string>>;

const PATIENCE_MS = 20_000;

/** Reads all there is, over HTTP and one socket, which is given back open. Throws when an answer does not come. */
export async function readEverything(
  at: { readonly httpUrl: string; readonly wsUrl: string },
  first: FirstTurns,
): Promise<{ readonly reading: Reading; readonly socket: FrameSocket }> {
  const socket = await openSocket(at.wsUrl);
  const get = (path: string) => request(at.httpUrl, 'GET', path);
  const list = await get('/conversations?limit=100');
  const entries = await Promise.all(
    Object.entries(first).map(async ([id, turnId]) => {
      const path = `/conversations/${id}`;
      const [history, metrics, status, model, replay] = await Promise.all([
        get(path),
        get(`${path}/metrics`),
        get(`${path}/status`),
        get(`${path}/model`),
        replayOf(socket, id, turnId),
      ]);
      return [id, { history, metrics, status, model, replay }] as const;
    }),
  );
  return { reading: { list, conversations: Object.fromEntries(entries) }, socket };
}

async function replayOf(socket: FrameSocket, conversationId: string, turnId: string): Promise<Replay> {
  const began = socket.frames.length;
  const id = `read-${conversationId}`;
  socket.send({ type: 'chat.subscribe', id, conversationId, turnId, after: -1 });
  const answered = await waitFor(socket, (frame) => frame['id'] === id);
  if (!answered) {
    const last = JSON.stringify(socket.frames.at(-1))?.slice(0, 300);
    throw new Error(`no answer to chat.subscribe of ${conversationId}; the last frame was ${last}`);
  }
  const frames = socket.frames.slice(began).filter((frame) => belongsTo(frame, conversationId));
  // Without a prototype: a damaged row may well name its turn `constructor`.
  const turns: Record<string, ReplayedEvent[]> = Object.create(null);
  const told: string[] = [];
  for (const frame of frames) {
    if (frame.type === 'chat.error') told.push(String(frame['code']));
    if (frame.type === 'chat.reset') told.push(`reset: ${String(frame['reason'])}`);
    if (frame.type !== 'chat.delta') continue;
    const event = frame['event'] as Frame;
    const ofTurn = turns[String(event['turnId'])] ?? [];
    turns[String(event['turnId'])] = ofTurn;
    ofTurn.push({ ...event, n: Number(frame['n']) });
  }
  return { turns, told };
}

export function belongsTo(frame: Frame, conversationId: string): boolean {
  const event = frame['event'] as Frame | undefined;
  return frame['conversationId'] === conversationId || event?.['conversationId'] === conversationId;
}

/** Undefined: it did not come in time. */
export async function waitFor(
  socket: FrameSocket,
  fits: (frame: Frame) => boolean,
  ms: number = PATIENCE_MS,
): Promise<Frame | undefined> {
  for (const deadline = performance.now() + ms; performance.now() < deadline; await after(3)) {
    const found = socket.frames.find(fits);
    if (found !== undefined) return found;
    if (socket.socket.readyState !== 1) return undefined;
  }
  return undefined;
}
