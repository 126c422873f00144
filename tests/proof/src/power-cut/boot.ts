import { openSocket, request, startDispatch } from '@dispatch/tests-processes';
import type { CrashState } from './crash-states.ts';
import { writeState } from './crash-states.ts';

interface Chunk {
  readonly seq: number;
  readonly role: string;
  readonly turnId?: string;
  readonly chunk: { readonly type: string; readonly text?: string };
}

/** What a power cut leaves of files that are made anew at each start. */
const LITTER = ['lock.db', 'link.secret', 'link.secret.new', 'rpc.sock', 'events.sock'].map(
  (name) => [name, Buffer.alloc(0)] as const,
);
const ANSWER_MS = 15_000;

/**
 * Starts a real kernel and gateway on what a power cut left, reads everything over HTTP, and goes on talking. Gives what is broken;
 * never rejects.
 */
export async function bootFindings(directory: string, state: CrashState): Promise<string[]> {
  writeState(directory, new Map([...state.files, ...LITTER]));
  const dispatch = await startDispatch({ dataDir: directory }).catch((error: unknown) => String(error));
  if (typeof dispatch === 'string') return [`D2: no start on what is left: ${dispatch}`];
  try {
    const conversations = new Map<string, string[]>();
    for (const [turnId, { conversationId }] of state.promised.acknowledged)
      conversations.set(conversationId, [...(conversations.get(conversationId) ?? []), turnId]);
    const broken: string[] = [];
    for (const [id, turns] of conversations)
      broken.push(...(await conversationFindings(dispatch.httpUrl, id, turns, state)));
    return [
      ...broken,
      ...(await newMessageFindings(dispatch.wsUrl, [...conversations.keys()][0] ?? 'after-the-cut')),
    ];
  } catch (error) {
    return [
      `D2: a kernel started on what is left does not answer: ${String(error)}\n${dispatch.kernel.output()}`,
    ];
  } finally {
    await dispatch.stop();
  }
}

async function conversationFindings(
  httpUrl: string,
  id: string,
  turns: readonly string[],
  { promised, running }: CrashState,
): Promise<string[]> {
  const path = `/conversations/${id}`;
  const [history, metrics, status] = await Promise.all(
    ['', '/metrics', '/status'].map((part) => request(httpUrl, 'GET', path + part)),
  );
  const chunks: readonly Chunk[] = history?.body?.chunks ?? [];
  const sealed: readonly { turnId: string; reason?: string }[] = metrics?.body?.turns ?? [];
  const broken: string[] = [];
  if (history?.body?.damaged !== undefined) broken.push(`Q3: the history of ${id} reads as damaged`);
  if (status?.body?.status !== 'idle') broken.push(`T3: ${id} reads as ${status?.body?.status}`);
  if (chunks.some(({ seq }, index) => seq !== index + 1)) broken.push(`Q1: the history of ${id} has a gap`);
  for (const turnId of turns) {
    const of = chunks.filter((chunk) => chunk.turnId === turnId);
    const said = of.filter(({ role }) => role === 'user').map(({ chunk }) => chunk.text);
    const text = promised.acknowledged.get(turnId)?.text;
    if (said.length !== 1 || (text !== undefined && said[0] !== text))
      broken.push(`D1: the history has the message of ${turnId} ${said.length} times`);
    const ends = sealed.filter((turn) => turn.turnId === turnId);
    if (ends.length !== 1) broken.push(`T1: ${turnId} was sealed ${ends.length} times`);
    else if (running.includes(turnId) && ends[0]?.reason !== 'interrupted')
      broken.push(`T1: ${turnId} was running and ended as ${ends[0]?.reason}`);
    const answer = of.filter(({ role, chunk }) => role === 'assistant' && chunk.type === 'text');
    const shown = shownText(promised.events.get(turnId));
    if (
      !answer
        .map(({ chunk }) => chunk.text)
        .join('')
        .startsWith(shown)
    )
      broken.push(`D3: the history of ${turnId} does not begin with what was shown`);
  }
  return broken;
}

/** The text of all events up to the first that nobody was sent. */
function shownText(events: ReadonlyMap<number, string> = new Map()): string {
  let text = '';
  for (let n = events.has(0) ? 0 : 2; events.has(n); n += 1) {
    const event = JSON.parse(events.get(n) ?? '{}') as { type: string; delta?: string };
    if (event.type === 'text-delta') text += event.delta;
  }
  return text;
}

async function newMessageFindings(wsUrl: string, conversationId: string): Promise<string[]> {
  const socket = await openSocket(wsUrl);
  try {
    socket.send({
      type: 'chat.send',
      id: 'x',
      conversationId,
      message: 'Still there? words: 5',
      model: 'demo/fast',
    });
    const answer = await socket.frame(
      'an answer',
      ({ type, id }) => type === 'ack' || (type === 'chat.error' && id === 'x'),
      ANSWER_MS,
    );
    if (answer.type !== 'ack') return [`D2: the conversation does not go on: ${JSON.stringify(answer)}`];
    await socket.sealed(String(answer['turnId']), ANSWER_MS);
    return [];
  } catch (error) {
    return [`D2: the conversation does not go on: ${String(error)}`];
  } finally {
    socket.close();
  }
}
