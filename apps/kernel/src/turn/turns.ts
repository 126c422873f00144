import type { WsServerMessage } from '@dispatch/transport-contract';
import { crashPoint } from '../crash-point.ts';
import type {
  Clock,
  Ids,
  Log,
  Models,
  Publisher,
  StartTurnOutcome,
  StartTurnRequest,
  Store,
  Tools,
  Turns,
} from '../ports.ts';
import { type Admission, admitTurn } from './admit-turn.ts';
import { type TurnLimitSettings, turnLimits } from './ceilings.ts';
import type { JournalFailure } from './journal-outcome.ts';
import type { TurnVersionStart } from './place-turn.ts';
import { runTurn } from './run-turn.ts';
import { type AdmittedTurn, createRunningTurn } from './running-turn.ts';
import { sealTurn, type UnseenEvents } from './seal-turn.ts';
import { createSteering, type SteeredTurn } from './steering.ts';
import {
  DAMAGED_FAILURE,
  INTERNAL_FAILURE,
  STORAGE_FULL_FAILURE,
  type TurnEnding,
  TurnStop,
} from './turn-ending.ts';
import { createTurnJournal, type TurnWriter } from './turn-journal.ts';

/** Reasons behind which nothing starts by itself: what waits is held until somebody promotes it or sends. */
const HOLDING: ReadonlySet<string> = new Set(['aborted', 'error', 'interrupted']);

/** How long a drain waits for the seals of the turns it aborted. */
const SEAL_GRACE_MS = 5_000;

export interface TurnsParts {
  readonly store: Store;
  readonly models: Models;
  readonly tools: Tools;
  readonly publisher: Publisher;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Told of each turn behind the publication of its start. Must not throw. */
  readonly onStarted: (turn: AdmittedTurn) => void;
  /** Told when what waits in a conversation, or whether it is held, may be another than before. Must not throw. */
  readonly onQueueChanged: (conversationId: string) => void;
  /** What the operator set. Absent: the defaults. */
  readonly limits?: TurnLimitSettings;
}

interface Run {
  readonly turnId: string;
  readonly controller: AbortController;
  /** With the reason of its end, once it is sealed. */
  readonly finished: Promise<string | undefined>;
}

export function createTurns(parts: TurnsParts): Turns {
  const { store, publisher, clock, log } = parts;
  const limits = turnLimits(parts.limits);
  const journal = createTurnJournal(parts);
  const steering = createSteering({ store, clock, onDelivered: parts.onQueueChanged });
  const giveUp = new AbortController();
  /** The newest run of each conversation. One that is being sealed may already have a successor. */
  const current = new Map<string, Run>();
  const active = new Set<Run>();
  const starting = new Set<Promise<unknown>>();
  let draining = false;
  let failed: TurnStop | undefined;

  function launch({ turn, events, history }: Admission): void {
    const { conversationId, turnId } = turn;
    const controller = new AbortController();
    if (failed !== undefined) controller.abort(failed);
    const previous = current.get(conversationId);
    const finished = (async () => {
      // Its seal is committed, or this turn would not have been admitted; watchers see the turns one behind the other.
      await previous?.finished;
      if (turn.version !== undefined) tellReplaced(conversationId, turnId, turn.version);
      publish(conversationId, { first: 0, events });
      parts.onStarted(turn);
      parts.onQueueChanged(conversationId);
      const writer = journal.open(turn, events, (failure) =>
        controller.abort(new TurnStop(endingFor(failure))),
      );
      return await live(turn, writer, controller, history);
    })()
      .catch((error: unknown): undefined => {
        log.error({ err: error, turnId }, 'a turn was lost; the next start seals it');
      })
      .finally(() => {
        active.delete(run);
        if (current.get(conversationId)?.turnId === turnId) current.delete(conversationId);
      });
    const run: Run = { turnId, controller, finished };
    current.set(conversationId, run);
    active.add(run);
    void finished.then((reason) => goOn(conversationId, reason));
  }

  async function live(
    turn: Admission['turn'],
    writer: TurnWriter,
    controller: AbortController,
    history: Admission['history'],
  ): Promise<string | undefined> {
    const door = steering.open(turn);
    try {
      return await run(turn, writer, controller, history, door);
    } finally {
      door.end();
    }
  }

  async function run(
    turn: Admission['turn'],
    writer: TurnWriter,
    controller: AbortController,
    history: Admission['history'],
    door: SteeredTurn,
  ): Promise<string | undefined> {
    const { conversationId, turnId, startedAt } = turn;
    const startedMono = clock.mono();
    const tools = await parts.tools.offeredTo({ conversationId, cwd: turn.cwd });
    const running = createRunningTurn(turn, { ...parts, tools, limits, steering: door }, writer, controller);
    const cancel = clock.after(limits.durationMs, () => running.stop({ reason: 'max-duration' }));
    const ending = await runTurn(running, store.read, history);
    cancel();
    // Tools that still run learn that nobody waits for them.
    running.stop(ending);
    await writer.close();
    if (ending === 'fenced' || writer.failure === 'fenced') {
      log.warn({ turnId }, 'a turn was left to the start of the kernel that owns it');
      return undefined;
    }
    const durationMs = Math.round(clock.mono() - startedMono);
    const sealing = { conversationId, turnId, startedAt, durationMs, adopt: false };
    const stored = writer.failure === 'broken' ? undefined : writer;
    const seal = { store, clock, log, giveUp: giveUp.signal };
    const unseen = await sealTurn(seal, sealing, endingOf(ending, writer), writer.next, stored);
    if (unseen !== undefined) {
      publish(conversationId, unseen);
      if (unseen.withdrawn !== undefined) show(conversationId, unseen.withdrawn);
    } else if (!giveUp.signal.aborted) tellUnsealed(conversationId);
    return unseen?.events.findLast((event) => event.type === 'done')?.reason;
  }

  /** Who watches swaps at once, and learns at the end whether it stays so. */
  function tellReplaced(
    conversationId: string,
    turnId: string,
    { supersedes, beatId, version, versions }: TurnVersionStart,
  ): void {
    const of = { conversationId, turnId, supersedes, beatId, version, versions };
    show(conversationId, { type: 'turn-replaced', ...of, provisional: true });
  }

  /** Starts the next message that waits, unless the turn's end holds them: then nothing fires by itself. */
  async function goOn(conversationId: string, reason: string | undefined): Promise<void> {
    if (draining) return;
    try {
      const [next] = await store.read.queue(conversationId);
      if (next === undefined) return;
      if (reason !== undefined && !HOLDING.has(reason)) {
        crashPoint('before-next');
        const request = { userId: next.by, conversationId, message: '', queued: 'next' };
        const { kind } = await start(request);
        crashPoint('after-next');
        if (kind === 'started') return;
      }
    } catch (error) {
      log.error({ err: error, conversationId }, 'the next message of a conversation could not be started');
    }
    parts.onQueueChanged(conversationId);
  }

  async function start(request: StartTurnRequest): Promise<StartTurnOutcome> {
    if (draining) return { kind: 'draining' };
    const begun = (async (): Promise<StartTurnOutcome> => {
      const outcome = await admitTurn(parts, request);
      if (outcome.kind !== 'admitted') return outcome;
      launch(outcome);
      const { conversationId, turnId, version } = outcome.turn;
      return { kind: 'started', conversationId, turnId, ...(version === undefined ? {} : { version }) };
    })();
    starting.add(begun);
    try {
      return await begun;
    } finally {
      starting.delete(begun);
    }
  }

  /** Nothing that is not stored is shown as the turn's end; who watches learns all the same that nothing more comes. */
  function tellUnsealed(conversationId: string): void {
    const { code, message, retryable } = DAMAGED_FAILURE;
    show(conversationId, { type: 'chat.error', conversationId, code, message, retryable });
  }

  function publish(conversationId: string, { first, events }: UnseenEvents): void {
    for (const [index, event] of events.entries()) {
      show(conversationId, { type: 'chat.delta', event, n: first + index });
    }
  }

  /** What is stored is stored: a fan-out that throws is its own problem. */
  function show(conversationId: string, frame: WsServerMessage): void {
    try {
      publisher.publish(conversationId, frame);
    } catch (error) {
      log.error({ err: error, conversationId }, 'what is stored of a turn could not be published');
    }
  }

  return {
    get runningCount() {
      return active.size;
    },
    start,
    entering: steering.entering,
    async stop(conversationId, turnId) {
      const run = current.get(conversationId);
      if (run === undefined || (turnId !== undefined && turnId !== run.turnId)) return undefined;
      run.controller.abort(new TurnStop({ reason: 'aborted' }));
      // Only the first ending counts: a turn that was over before is not stopped by this.
      const { ending } = run.controller.signal.reason as TurnStop;
      return ending !== 'fenced' && ending.reason === 'aborted' ? run.turnId : undefined;
    },
    fail(failure) {
      failed = new TurnStop({ reason: 'error', error: failure });
      for (const run of active) run.controller.abort(failed);
    },
    async drain(ms) {
      draining = true;
      await Promise.allSettled(starting);
      await settledWithin(clock, active, ms);
      for (const run of active) run.controller.abort(new TurnStop({ reason: 'interrupted' }));
      await settledWithin(clock, active, SEAL_GRACE_MS);
      giveUp.abort();
    },
  };
}

function endingFor(failure: JournalFailure): TurnEnding | 'fenced' {
  if (failure === 'fenced') return 'fenced';
  return { reason: 'error', error: failure === 'full' ? STORAGE_FULL_FAILURE : INTERNAL_FAILURE };
}

/** A turn whose last words were lost did not end well, however it meant to end. */
function endingOf(ending: TurnEnding, writer: TurnWriter): TurnEnding {
  if (writer.failure === undefined || ending.error !== undefined || ending.reason === 'aborted')
    return ending;
  const lost = endingFor(writer.failure);
  return lost === 'fenced' ? ending : { ...ending, ...lost };
}

async function settledWithin(clock: Clock, runs: ReadonlySet<Run>, ms: number): Promise<void> {
  const timer = new AbortController();
  const all = Promise.allSettled([...runs].map(({ finished }) => finished));
  await Promise.race([all, clock.sleep(ms, timer.signal).catch(() => {})]);
  timer.abort();
}
