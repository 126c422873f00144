import type { CallGate } from '../approval/call-gate.ts';
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
import { createAnnouncer } from './announce.ts';
import { type TurnLimitSettings, turnLimits } from './ceilings.ts';
import { runTurn } from './run-turn.ts';
import { type AdmittedTurn, createRunningTurn, type RunningTurn } from './running-turn.ts';
import { sealTurn } from './seal-turn.ts';
import { createSteering } from './steering.ts';
import { endingFor, type TurnEnding, TurnStop } from './turn-ending.ts';
import { createTurnJournal, type TurnWriter } from './turn-journal.ts';
import { type OpenCalls, recount, waitingTurn } from './waiting-turn.ts';

/** Reasons behind which nothing starts by itself: what waits is held until somebody promotes it or sends. */
const HOLDING: ReadonlySet<string> = new Set(['aborted', 'error', 'interrupted']);

/** How long a drain waits for the seals of the turns it aborted. */
const SEAL_GRACE_MS = 5_000;
/** How often a drain looks for turns that have come to wait for people. */
const LOOK_MS = 50;

export interface TurnsParts {
  readonly store: Store;
  readonly models: Models;
  readonly tools: Tools;
  readonly gate: CallGate;
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
  /** Undefined: it has yet to begin, behind the turn before it. */
  running?: RunningTurn;
}

/** A turn to run: a new one, or one that goes on. */
interface Launch extends Omit<Admission, 'kind'> {
  /** Absent: it is new. */
  readonly open?: OpenCalls;
}

export function createTurns(parts: TurnsParts): Turns {
  const { store, clock, log } = parts;
  const announce = createAnnouncer(parts);
  const limits = turnLimits(parts.limits);
  const journal = createTurnJournal(parts);
  const steering = createSteering({ store, clock, log, onDelivered: parts.onQueueChanged });
  const giveUp = new AbortController();
  /** The newest run of each conversation. One that is being sealed may already have a successor. */
  const current = new Map<string, Run>();
  const active = new Set<Run>();
  /** Of each conversation whose newest turn runs, or is over without what waits behind it having started. */
  const leaving = new Map<string, Promise<void>>();
  const starting = new Set<Promise<unknown>>();
  let draining = false;
  let failed: TurnStop | undefined;

  function launch({ turn, events, history, open }: Launch): void {
    const { conversationId, turnId } = turn;
    const controller = new AbortController();
    if (failed !== undefined) controller.abort(failed);
    const previous = current.get(conversationId);
    const begin = async () => {
      // Its seal is committed, or this turn would not have been admitted; watchers see the turns one behind the other.
      await previous?.finished;
      if (open === undefined) {
        if (turn.version !== undefined) announce.replaced(conversationId, turnId, turn.version);
        announce.events(conversationId, { first: 0, events });
        parts.onStarted(turn);
        parts.onQueueChanged(conversationId);
      }
      const writer = journal.open(turn, events, (failure) =>
        controller.abort(new TurnStop(endingFor(failure))),
      );
      const door = steering.open(turn);
      try {
        const tools = await parts.tools.offeredTo({ conversationId, cwd: turn.cwd });
        const steered = { ...parts, tools, limits, steering: door };
        const running = createRunningTurn(turn, steered, writer, controller);
        run.running = running;
        if (open !== undefined) {
          recount(running.ceilings, events);
          running.modelIndex = open.modelIndex;
        }
        return await live(running, history, open);
      } finally {
        door.end();
      }
    };
    const finished = begin()
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
    const left = finished
      .then((reason) => goOn(conversationId, reason))
      .finally(() => {
        if (leaving.get(conversationId) === left) leaving.delete(conversationId);
      });
    leaving.set(conversationId, left);
  }

  async function live(
    running: RunningTurn,
    history: Admission['history'],
    open: OpenCalls | undefined,
  ): Promise<string | undefined> {
    const { conversationId, turnId, startedAt, writer } = running;
    const startedMono = clock.mono();
    const cancel = clock.after(limits.durationMs, () => running.stop({ reason: 'max-duration' }));
    const ending = await runTurn(running, store.read, history, open);
    cancel();
    // Tools that still run learn that nobody waits for them.
    running.stop(ending);
    await writer.close();
    if (typeof ending === 'string' || writer.failure === 'fenced') {
      if (ending === 'left') log.info({ turnId }, 'a turn waits for people; the next start goes on with it');
      else log.warn({ turnId }, 'a turn was left to the start of the kernel that owns it');
      return undefined;
    }
    // Of a turn that went on nobody measured the whole.
    const measured = open === undefined ? { durationMs: Math.round(clock.mono() - startedMono) } : {};
    const sealing = { conversationId, turnId, startedAt, ...measured, adopt: false };
    const stored = writer.failure === 'broken' ? undefined : writer;
    const seal = { store, clock, log, giveUp: giveUp.signal };
    const unseen = await sealTurn(seal, sealing, endingOf(ending, writer), writer.next, stored);
    if (unseen !== undefined) announce.events(conversationId, unseen);
    else if (!giveUp.signal.aborted) announce.unsealed(conversationId);
    return unseen?.events.findLast((event) => event.type === 'done')?.reason;
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

  return {
    get runningCount() {
      return active.size;
    },
    start,
    entering: steering.entering,
    goingOn: (conversationId) => leaving.get(conversationId),
    async resume(row) {
      const waiting = await waitingTurn({ ...parts, limits }, row);
      if (waiting === undefined) return false;
      const { kind } = await store.commit({
        *plan(q) {
          return { refused: !(yield* q.adoptTurn(row.id, store.fence)), result: null };
        },
      });
      if (kind !== 'committed') return false;
      launch({ ...waiting, history: [] });
      return true;
    },
    async stop(conversationId, turnId) {
      const run = current.get(conversationId);
      if (run === undefined || (turnId !== undefined && turnId !== run.turnId)) return undefined;
      run.controller.abort(new TurnStop({ reason: 'aborted' }));
      // Only the first ending counts: a turn that was over before is not stopped by this.
      const { ending } = run.controller.signal.reason as TurnStop;
      return typeof ending !== 'string' && ending.reason === 'aborted' ? run.turnId : undefined;
    },
    fail(failure) {
      failed = new TurnStop({ reason: 'error', error: failure });
      for (const run of active) run.controller.abort(failed);
    },
    async drain(ms) {
      draining = true;
      await Promise.allSettled(starting);
      for (const end = clock.mono() + ms; active.size > 0; ) {
        for (const run of active) if (isIdle(run)) run.controller.abort(new TurnStop('left'));
        const leftMs = end - clock.mono();
        if (leftMs <= 0) break;
        await settledWithin(clock, active, Math.min(leftMs, LOOK_MS));
      }
      for (const { controller, running } of active) {
        controller.abort(new TurnStop(running?.openCalls?.asks ? 'left' : { reason: 'interrupted' }));
      }
      await settledWithin(clock, active, SEAL_GRACE_MS);
      giveUp.abort();
    },
  };
}

/** Nothing is lost when it ends here: it waits for people, and no tool of it runs. */
function isIdle({ running }: Run): boolean {
  return running?.openCalls?.asks === true && !running.openCalls.runs;
}

/** A turn whose last words were lost did not end well, however it meant to end. */
function endingOf(ending: TurnEnding, writer: TurnWriter): TurnEnding {
  if (writer.failure === undefined || ending.error !== undefined || ending.reason === 'aborted')
    return ending;
  const lost = endingFor(writer.failure);
  return typeof lost === 'string' ? ending : { ...ending, ...lost };
}

async function settledWithin(clock: Clock, runs: ReadonlySet<Run>, ms: number): Promise<void> {
  const timer = new AbortController();
  const all = Promise.allSettled([...runs].map(({ finished }) => finished));
  await Promise.race([all, clock.sleep(ms, timer.signal).catch(() => {})]);
  timer.abort();
}
