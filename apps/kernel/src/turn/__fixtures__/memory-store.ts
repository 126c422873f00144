import type { AgentEvent, StoredChunk, TurnId } from '@dispatch/wire';
import type {
  ChunkDraft,
  CommitOutcome,
  CommitRequest,
  Planned,
  PresenceRow,
  Queries,
  Rows,
  Statement,
  Step,
  Store,
  TurnEventDraft,
  TurnRow,
} from '../../ports.ts';
import type { NewPlace } from '../turn-place.ts';
import { memoryApprovals } from './memory-approvals.ts';
import { memoryExtensions } from './memory-extensions.ts';
import { memoryPlaces } from './memory-places.ts';
import { memoryQueue, queuedIn } from './memory-queue.ts';
import { noTables, type Tables } from './memory-tables.ts';

/** The store port in memory, with faults on demand. */
export interface MemoryStore extends Store {
  /** True: every write answers `full`. */
  full: boolean;
  /** Called before each write: may wait, may throw before anything is written. */
  beforeWrite: () => void | Promise<void>;
  /** Called after each write, before its outcome is told: a throw leaves the caller in doubt. */
  afterWrite: () => void | Promise<void>;
  /** How many transactions were committed. */
  readonly commits: number;
  /** The events of a turn, in order. */
  events(turnId: string): readonly AgentEvent[];
  chunks(conversationId: string): readonly StoredChunk[];
  /** The next start of the kernel on the same data. */
  restart(): MemoryStore;
}

class Query {
  readonly run: () => Rows;

  constructor(run: () => Rows) {
    this.run = run;
  }
}

export function createMemoryStore(tables: Tables = noTables(), fence = 1): MemoryStore {
  let commits = 0;
  const extensions = memoryExtensions(tables.extensions, (write) => storing(write));
  const turnOf = (id: string) => tables.turns.find((turn) => turn.id === id);
  const ownsRunning = (id: string) => {
    const turn = turnOf(id);
    return turn?.state === 'running' && turn.fence === fence;
  };

  function* ask<T>(answer: () => T): Step<T> {
    const [row] = yield new Query(() => [answer()]) as Statement;
    return copy(row) as T;
  }

  function change(id: string, next: Partial<TurnRow>): void {
    tables.turns = tables.turns.map((turn) => (turn.id === id ? { ...turn, ...copy(next) } : turn));
  }

  const places = memoryPlaces(tables, ask);

  function insert(row: TurnRow, place?: NewPlace): void {
    if (turnOf(row.id) !== undefined) throw new Error(`turn ${row.id} exists`);
    tables.turns.push(copy(row));
    places.add(row, place);
  }
  const approvals = memoryApprovals(
    () => tables.approvals,
    ask,
    (id) => tables.conversations[id]?.ownerId,
  );

  const keepPresence = (userId: string, change: Partial<PresenceRow>) =>
    ask(() => {
      const none = { userId, statusText: null, lastSeenAt: null, toldOnline: false };
      tables.presence[userId] = { ...none, ...tables.presence[userId], ...change };
    });

  const queries: Queries = {
    conversation: (id) => ask(() => tables.conversations[id]),
    putConversation: (row) =>
      ask(() => {
        tables.conversations[row.id] = copy(row);
      }),
    nextActivity: () =>
      ask(() => {
        tables.activities += 1;
        return tables.activities;
      }),
    turn: (id) => ask(() => turnOf(id)),
    runningTurn: (conversationId) =>
      ask(() =>
        tables.turns.find((turn) => turn.conversationId === conversationId && turn.state === 'running'),
      ),
    insertTurn: (row, place) => ask(() => insert(row, place)),
    insertCopy: (row, place) => ask(() => insert(row, place)),
    places: places.queries,
    putStatusText: (userId, statusText, lastSeenAt) => keepPresence(userId, { statusText, lastSeenAt }),
    putToldOnline: (userId, toldOnline, lastSeenAt) => keepPresence(userId, { toldOnline, lastSeenAt }),
    adoptTurn: (id, to) =>
      ask(() => {
        const turn = turnOf(id);
        if (turn?.state !== 'running' || turn.fence > to) return false;
        change(id, { fence: to });
        return true;
      }),
    sealTurn: (id, seal) =>
      ask(() => {
        if (turnOf(id)?.state !== 'running') return false;
        change(id, { state: 'sealed', ...seal });
        return true;
      }),
    approvals: approvals.queries,
    get people(): never {
      throw new Error('no turn asks about people');
    },
    queue: memoryQueue(tables, ask),
  };

  function drive<R>(plan: Generator<Statement, Planned<R>, Rows>): Planned<R> {
    let step = plan.next();
    while (step.done !== true) step = plan.next((step.value as Query).run());
    return step.value;
  }

  function appendEvents(drafts: readonly TurnEventDraft[]): void {
    const expected = new Map<string, number>();
    for (const { turnId, n } of drafts) {
      const next = expected.get(turnId) ?? tables.events[turnId]?.length ?? 0;
      if (n !== next) throw new Error(`turn ${turnId} has ${next} events, not ${n}`);
      expected.set(turnId, next + 1);
    }
    for (const { turnId, event } of drafts) {
      tables.events[turnId] ??= [];
      tables.events[turnId].push(copy(event));
    }
  }

  function appendChunks(drafts: readonly ChunkDraft[]): void {
    for (const { conversationId, turnId, messageId, role, chunk } of drafts) {
      tables.chunks[conversationId] ??= [];
      const log = tables.chunks[conversationId];
      log.push(copy({ seq: log.length + 1, role, chunk, messageId, turnId: turnId as TurnId }));
    }
  }

  function commitNow<R>({ fence: wanted, idempotency, plan }: CommitRequest<R>): CommitOutcome<R> {
    const key =
      idempotency && JSON.stringify([idempotency.principal, idempotency.key, idempotency.operation]);
    const known = key === undefined ? undefined : tables.keys[key];
    if (known !== undefined) {
      if (known.bodyHash !== idempotency?.bodyHash) return { kind: 'key-mismatch' };
      return { kind: 'repeated', result: copy(known.result) as R };
    }
    if (wanted !== undefined && (wanted.fence !== fence || !ownsRunning(wanted.turnId)))
      return { kind: 'fenced' };
    // Plans change rows only; events and chunks are appended behind them, all or none.
    const before = {
      conversations: copy(tables.conversations),
      turns: copy(tables.turns),
      places: copy(tables.places),
      presence: copy(tables.presence),
      queued: tables.queued,
      approvals: copy(tables.approvals),
    };
    let planned: Planned<R>;
    try {
      planned = drive(plan(queries));
      if (planned.refused !== true && !store.full) appendEvents(planned.turnEvents ?? []);
    } catch (error) {
      Object.assign(tables, before);
      throw error;
    }
    const { result, chunks = [] } = planned;
    if (planned.refused === true || store.full) {
      Object.assign(tables, before);
      return planned.refused === true ? { kind: 'refused', result } : { kind: 'full' };
    }
    appendChunks(chunks);
    extensions.append(planned.domainEvents ?? []);
    if (key !== undefined && idempotency !== undefined) {
      tables.keys[key] = { bodyHash: idempotency.bodyHash, result: copy(result) };
    }
    commits += 1;
    return { kind: 'committed', result };
  }

  /** A write of an extension's own. */
  async function storing<T>(write: () => T): Promise<T | 'full'> {
    await store.beforeWrite();
    if (store.full) return 'full';
    const value = write();
    commits += 1;
    await store.afterWrite();
    return value;
  }

  const store: MemoryStore = {
    epoch: 'e'.repeat(32),
    fence,
    full: false,
    beforeWrite: () => {},
    afterWrite: () => {},
    get commits() {
      return commits;
    },
    async commit(request) {
      await store.beforeWrite();
      const outcome = commitNow(request);
      await store.afterWrite();
      extensions.tell();
      return outcome;
    },
    async appendTurnEvents(batch) {
      await store.beforeWrite();
      if (store.full) return 'full';
      if (!batch.every(({ turnId }) => ownsRunning(turnId))) return 'fenced';
      appendEvents(batch);
      commits += 1;
      await store.afterWrite();
      return 'committed';
    },
    read: {
      conversation: async (id) => copy(tables.conversations[id]),
      conversations: async () => ({ rows: copy(Object.values(tables.conversations)), userSeq: 0 }),
      userEvents: async () => ({ head: 0, floor: 0, events: [] }),
      history: async (id, { sinceSeq }) =>
        copy((tables.chunks[id] ?? []).filter(({ seq }) => seq > sinceSeq)),
      metrics: async (id) =>
        copy(
          tables.turns.flatMap((turn) => (turn.conversationId === id && turn.metrics ? [turn.metrics] : [])),
        ),
      places: async (id) => copy(places.all(id)),
      eachPlace: async (id) => copy(places.each(id)),
      turn: async (id) => copy(turnOf(id)),
      newestTurn: async (id) => copy(tables.turns.findLast((turn) => turn.conversationId === id)),
      turnsAfter: async () => [],
      turnEvents: async (turnId, after) =>
        copy(tables.events[turnId] ?? [])
          .map((event, n) => ({ turnId, n, event }))
          .filter(({ n }) => n > after),
      runningTurns: async () => copy(tables.turns.filter(({ state }) => state === 'running')),
      throughput: async () => [],
      queue: async (id) => copy(queuedIn(tables, id)),
      presence: async () => copy(Object.values(tables.presence)),
      approvals: approvals.reads,
    },
    extensions: extensions.store,
    get people(): never {
      throw new Error('no turn asks about people');
    },
    onUserEvents: () => () => undefined,
    age: () => 0,
    trim: async () => false,
    close: async () => {},
    events: (turnId) => copy(tables.events[turnId] ?? []),
    chunks: (conversationId) => copy(tables.chunks[conversationId] ?? []),
    restart: () => createMemoryStore(tables, fence + 1),
  };
  return store;
}

function copy<T>(value: T): T {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T);
}
