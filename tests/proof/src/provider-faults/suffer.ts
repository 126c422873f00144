import type { ModelFormat, RecordedRequest, ScriptedModelServer } from '@dispatch/testkit';
import { reply, say } from '@dispatch/testkit';
import { type DispatchProcesses, eventually, request } from '@dispatch/tests-processes';
import type { FaultCase } from './fault-case.ts';
import type { StoredRow, TurnSeen } from './judge-turn.ts';
import type { Line } from './line.ts';

/** Where cases are played. */
export interface Scene {
  readonly server: ScriptedModelServer;
  readonly dispatch: DispatchProcesses;
  /** Of somebody who watches from the start. */
  readonly live: Line;
  /** Of somebody who comes later. */
  readonly late: Line;
}

/** What is left to chance of a case. */
export interface Chance {
  /** How long after the acknowledgement the late watcher comes. Undefined: when the turn is over. */
  readonly lateMs: number | undefined;
  /** The protocol of the model that gets the next message; another than before has to understand the history too. */
  readonly nextFormat: ModelFormat;
}

/** What a case took, beside what was seen. */
export interface Suffered extends TurnSeen {
  readonly tookMs: number;
  /** From the request to stop until the live watcher saw the seal. Undefined: nobody stopped it. */
  readonly stopMs: number | undefined;
}

/** Longest a turn may take here, behind every wait and retry it is allowed. */
const TURN_MS = 90_000;
const STOP_MS = 15_000;

/** Plays one case and its next message in a conversation of their own. Throws when something never came. */
export async function suffer(scene: Scene, fault: FaultCase, chance: Chance): Promise<Suffered> {
  const { server, dispatch, live, late } = scene;
  const conversationId = crypto.randomUUID();
  const name = crypto.randomUUID();
  const asked: RecordedRequest[] = [];
  server.always(name, (incoming) => {
    const scripted = fault.replies[Math.min(asked.length, fault.replies.length - 1)] ?? fault.replies[0];
    asked.push(incoming);
    return typeof scripted === 'function' ? scripted(incoming) : scripted;
  });

  const began = performance.now();
  const model = fault.model ?? `${fault.format}/${name}`;
  const turnId = await live.send(conversationId, 'Hello.', model);
  const watchLate = () => late.watch(conversationId, turnId);
  const timer = chance.lateMs === undefined ? undefined : setTimeout(watchLate, chance.lateMs);
  const stopMs =
    fault.stop === undefined ? undefined : await stop(scene, { conversationId, turnId, fault, asked });
  await live.event(turnId, ({ type }) => type === 'turn-sealed', TURN_MS);
  const tookMs = performance.now() - began;
  clearTimeout(timer);
  watchLate();
  await late.event(turnId, ({ type }) => type === 'turn-sealed', TURN_MS);
  const prompts = asked.map(({ body }) => body);

  const path = `/conversations/${conversationId}`;
  const history = await request(dispatch.httpUrl, 'GET', path);
  const metrics = await request(dispatch.httpUrl, 'GET', `${path}/metrics`);
  const next = await nextMessage(scene, conversationId, chance.nextFormat);
  live.leave(conversationId);
  late.leave(conversationId);
  return {
    live: live.events(turnId),
    late: late.events(turnId),
    stored: (history.body.chunks as readonly StoredRow[]).filter((row) => row.turnId === turnId),
    prompts,
    usage: metrics.body.turns[0]?.usage,
    next,
    tookMs,
    stopMs,
  };
}

interface Stopping {
  readonly conversationId: string;
  readonly turnId: string;
  readonly fault: FaultCase;
  readonly asked: readonly RecordedRequest[];
}

async function stop(
  { dispatch, live }: Scene,
  { conversationId, turnId, fault, asked }: Stopping,
): Promise<number> {
  if (fault.stop === 'shown') await live.event(turnId, ({ type }) => type.endsWith('-delta'), STOP_MS);
  else await eventually('the first request', () => asked.length > 0, STOP_MS);
  const began = performance.now();
  await request(dispatch.httpUrl, 'POST', `/conversations/${conversationId}/stop`);
  await live.event(turnId, ({ type }) => type === 'turn-sealed', STOP_MS);
  const stopMs = performance.now() - began;
  await eventually('the closed connection', () => asked.at(-1)?.end !== 'open', STOP_MS);
  return stopMs;
}

async function nextMessage({ server, live }: Scene, conversationId: string, format: ModelFormat) {
  const name = crypto.randomUUID();
  let prompt: unknown;
  server.always(name, (incoming) => {
    prompt ??= incoming.body;
    return reply(say('Fine.'));
  });
  const turnId = await live.send(conversationId, 'And now?', `${format}/${name}`);
  await live.event(turnId, ({ type }) => type === 'turn-sealed', TURN_MS);
  return { live: live.events(turnId), format, prompt };
}
