import type { RawAnswer } from '../../raw-http.ts';
import { readLog, readMetrics } from '../history.ts';
import { quickMessage, slowMessage } from '../messages.ts';
import type { ProbeSession } from '../probe-session.ts';
import { shown } from '../turn-facts.ts';
import { warmsIn } from './warming-facts.ts';
import type { WarmingLook } from './warming-look.ts';
import { type Invoked, WarmingWatch } from './warming-watch.ts';

/** Seconds between the warms that are watched. */
export const CYCLE_SECONDS = 1;

/** What a conversation keeps, as evidence. */
interface Kept {
  readonly log: string;
  readonly metrics: string;
}

/** What was seen of a turn in a conversation that is kept warm. */
export interface TurnSeen {
  /** False: the turn was over before anything could be looked at. */
  readonly wasRunning: boolean;
  /** While it ran. */
  readonly during: readonly WarmingLook[];
  readonly refused: RawAnswer;
  /** Switched off and on again while it ran. */
  readonly again: Invoked;
  /** The last thing told while it ran, and the first behind it that names a time. */
  readonly before: WarmingLook | undefined;
  readonly after: WarmingLook | undefined;
}

/** Everything that was seen of warming in one conversation. */
export interface CycleSeen {
  readonly on: Invoked;
  /** The looks that told of the first warms. */
  readonly warms: readonly WarmingLook[];
  readonly byHand: RawAnswer;
  readonly told: WarmingLook | undefined;
  readonly kept: readonly [before: Kept, after: Kept];
  /** Kinds of the events a watcher got meanwhile. */
  readonly events: readonly string[];
  /** Around a time without any socket. */
  readonly alone: readonly [before: WarmingLook | undefined, after: WarmingLook | undefined];
  readonly turn: TurnSeen;
  /** From switching it off during a warm on. */
  readonly off: readonly WarmingLook[];
  readonly looks: readonly WarmingLook[];
}

/** One conversation from the first warm to the last. */
export async function watchCycle(session: ProbeSession): Promise<CycleSeen> {
  const conversationId = session.conversation();
  await session.chat({ conversationId, message: quickMessage(), model: session.models.quick }).ended;
  const early = await WarmingWatch.open(session, conversationId);
  await early.socket.watch(conversationId);
  const kept = await keptOf(session, conversationId);
  const from = early.socket.frames.length;
  const on = await early.switchOn(CYCLE_SECONDS);
  const warms = () => warmsIn(early.looks);
  await early.until(() => warms().length > 1, from);
  const first = warms();
  const [byHand, told] = await warmByHand(session, early);
  await early.socket.settle();
  const nowKept = await keptOf(session, conversationId);
  const events = early.socket.deltas(conversationId).map(({ event }) => event.type);
  early.socket.cut();
  await session.pause(2.5 * CYCLE_SECONDS * 1_000);
  const late = await WarmingWatch.open(session, conversationId);
  const alone = [early.last, late.last] as const;
  const turn = await duringTurn(session, late);
  const off = await offDuringWarm(session, late);
  const looks = [...early.looks, ...late.looks];
  await late.restore();
  return { on, warms: first, byHand, told, kept: [kept, nowKept], events, alone, turn, off, looks };
}

async function keptOf(session: ProbeSession, conversationId: string): Promise<Kept> {
  const { rows, latestSeq } = await readLog(session, conversationId);
  const metrics = await readMetrics(session, conversationId);
  return { log: shown([rows.length, latestSeq, rows]), metrics: JSON.stringify(metrics) };
}

function askToWarm(session: ProbeSession, conversationId: string): Promise<RawAnswer> {
  return session.ask('POST', '/chat/warm', { body: JSON.stringify({ conversationId }) });
}

/** A warm of the schedule may be under way just then. */
const TRIES = 3;

async function warmByHand(
  session: ProbeSession,
  watch: WarmingWatch,
): Promise<readonly [RawAnswer, WarmingLook | undefined]> {
  for (let left = TRIES; ; left -= 1) {
    const [from, before] = [watch.socket.frames.length, watch.last?.lastWarmAt];
    const answer = await askToWarm(session, watch.conversationId);
    if (answer.status === 409 && left > 1) {
      await session.pause(100);
      continue;
    }
    const told = await watch.until(({ lastWarmAt }) => lastWarmAt !== before, from);
    return [answer, told];
  }
}

async function duringTurn(session: ProbeSession, watch: WarmingWatch): Promise<TurnSeen> {
  const { conversationId, socket } = watch;
  await socket.watch(conversationId);
  const message = slowMessage(60);
  const chat = session.chat({ conversationId, message, model: session.models.slow });
  const hasText = await socket.hasText(conversationId, 2);
  await socket.settle();
  const from = socket.frames.length;
  const begun = watch.last;
  const refused = await askToWarm(session, conversationId);
  await watch.invoke('toggle', false);
  const again = await watch.invoke('toggle', true);
  const wasRunning = hasText && !socket.isSealed(conversationId);
  const during = [...(begun === undefined ? [] : [begun]), ...watch.since(from)];
  const before = watch.last;
  await socket.sealed(conversationId);
  await chat.ended;
  const after = await watch.until(({ nextWarmAt }) => nextWarmAt !== null, (before?.at ?? from) + 1);
  return { wasRunning, during, refused, again, before, after };
}

async function offDuringWarm(session: ProbeSession, watch: WarmingWatch): Promise<readonly WarmingLook[]> {
  const warm = askToWarm(session, watch.conversationId);
  const { looks } = await watch.invoke('toggle', false);
  await warm;
  await session.pause(1.6 * CYCLE_SECONDS * 1_000);
  await watch.socket.settle();
  const at = looks.find(({ on }) => on === false)?.at;
  return at === undefined ? [] : watch.since(at);
}
