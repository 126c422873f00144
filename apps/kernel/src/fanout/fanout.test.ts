import type { LinkDownFrame, LinkWatchFrame, TurnBoundary, TurnCursor } from '@dispatch/link';
import { FrameDecoder, turnTopic } from '@dispatch/link';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import type { ConversationRow, Log, TurnEventDraft, TurnRow } from '../ports.ts';
import { createSurfaceRegistry } from '../surface/surface-registry.ts';
import { createFanout, type Fanout } from './fanout.ts';
import type { LinkWatches } from './link-watches.ts';

const CONVERSATION = 'c1';
const TOPIC = turnTopic(CONVERSATION);
const OWNER = 'usr_owner';

type Seen = { readonly turnId: string; readonly n: number } | { readonly reset: string };
type Delay = <T>(read: () => T) => Promise<T>;

const immediately: Delay = async (read) => read();

/** A store of one conversation, its publications, and a gateway that obeys the link's rules. */
function setUp(delay: Delay = immediately) {
  const turns: TurnRow[] = [];
  const events = new Map<string, TurnEventDraft[]>();
  let row: ConversationRow | undefined;
  const log: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const reads = {
    conversation: () => delay(() => row),
    turn: (id: string) => delay(() => turns.find((turn) => turn.id === id)),
    newestTurn: () => delay(() => turns.at(-1)),
    turnsAfter: (_: string, id: string | null) =>
      delay(() => turns.slice(id === null ? 0 : turns.findIndex((turn) => turn.id === id) + 1)),
    turnEvents: (id: string, after: number, limit = Number.POSITIVE_INFINITY) =>
      delay(() => (events.get(id) ?? []).filter((event) => event.n > after).slice(0, limit)),
    userEvents: async () => ({ head: 0, floor: 0, events: [] }),
  };
  const surfaces = createSurfaceRegistry({ clock: systemClock, onFailure: () => undefined });
  const fanout = createFanout({ read: reads, surfaces, log });
  return {
    fanout,
    turns,
    events,
    own: (ownerId = OWNER) => {
      row = { ownerId } as ConversationRow;
    },
    commit(turnId: string, type: string): TurnEventDraft {
      const list = events.get(turnId) ?? [];
      if (list.length === 0) {
        events.set(turnId, list);
        turns.push({ id: turnId, conversationId: CONVERSATION, state: 'running' } as TurnRow);
        row ??= { ownerId: OWNER } as ConversationRow;
      }
      const event = { type, conversationId: CONVERSATION, turnId } as TurnEventDraft['event'];
      const draft = { turnId, n: list.length, event };
      list.push(draft);
      if (type === 'turn-sealed') {
        const at = turns.findIndex((turn) => turn.id === turnId);
        turns[at] = { ...(turns[at] as TurnRow), state: 'sealed' };
      }
      return draft;
    },
    publish: ({ event, n }: TurnEventDraft) => fanout.publish(CONVERSATION, { type: 'chat.delta', event, n }),
  };
}

/** The gateway's end of a link: what each connection is given. */
function gateway(fanout: Fanout) {
  const announced = new Map<string, TurnCursor | TurnBoundary>();
  const seen = new Map<string, Seen[]>();
  let full = false;
  let release: (() => void)[] = [];
  const give = (conn: string, frame: unknown): void => {
    const body = frame as { type: string; n?: number; event?: { turnId: string }; reason?: string };
    const list = seen.get(conn) ?? [];
    seen.set(conn, list);
    if (body.type === 'chat.reset') list.push({ reset: String(body.reason) });
    else list.push({ turnId: String(body.event?.turnId), n: body.n ?? Number.NaN });
  };
  const receive = (frame: LinkDownFrame): void => {
    if ('conn' in frame && 'frame' in frame) give(frame.conn, frame.frame);
    else if ('frame' in frame) for (const conn of announced.keys()) give(conn, frame.frame);
    else if (frame.type === 'watched') announced.set(frame.conn, frame.at!);
  };
  const link: LinkWatches = fanout.attach({
    send: receive,
    sendEncoded: (bytes) => new FrameDecoder().push(bytes, (frame) => receive(frame as LinkDownFrame)),
    get isFull() {
      return full;
    },
    drained: () => new Promise((resolve) => release.push(resolve)),
  });
  return {
    announced,
    link,
    seen: (conn: string): readonly Seen[] => seen.get(conn) ?? [],
    watch(conn: string, after?: TurnCursor | TurnBoundary, userId = OWNER): void {
      const frame: LinkWatchFrame = { type: 'watch', conn, topic: TOPIC, userId };
      link.watch(after === undefined ? frame : { ...frame, after });
    },
    unwatch: (conn: string): void => {
      announced.delete(conn);
      link.unwatch({ type: 'unwatch', conn, topic: TOPIC });
    },
    setFull(value: boolean): void {
      full = value;
      if (full) return;
      for (const resolve of release) resolve();
      release = [];
    },
  };
}

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
};

/** Every turn's events as they should arrive, from one point of the conversation on. */
function expected(script: readonly number[], from: number, after: number): Seen[] {
  return script.flatMap((length, index) =>
    index < from
      ? []
      : Array.from({ length }, (_, n) => ({ turnId: `t${index}`, n })).filter(
          ({ n }) => index > from || n > after,
        ),
  );
}

const typeAt = (n: number, length: number): string => (n === length - 1 ? 'turn-sealed' : 'text-delta');

describe('fanout', () => {
  it('R9: whenever a watch comes, replay and live join without gap or repeat', async () => {
    let joinedLate = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.integer({ min: 2, max: 6 }), { minLength: 1, maxLength: 3 }),
        fc.array(fc.option(fc.nat({ max: 30 }), { nil: undefined }), { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        async (scheduler, script, cursors, readsLate) => {
          const delay: Delay = async (read) => {
            if (readsLate) {
              await scheduler.schedule(Promise.resolve());
              return read();
            }
            const value = read();
            await scheduler.schedule(Promise.resolve());
            return value;
          };
          const { fanout, commit, publish, turns, events, own } = setUp(delay);
          own();
          const { watch, seen, announced } = gateway(fanout);

          const write = async (): Promise<void> => {
            for (const [index, length] of script.entries()) {
              for (let n = 0; n < length; n += 1) {
                const draft = commit(`t${index}`, typeAt(n, length));
                await scheduler.schedule(Promise.resolve());
                publish(draft);
                await scheduler.schedule(Promise.resolve());
              }
            }
          };
          const wanted = new Map<string, Seen[] | undefined>();
          const join = async (conn: string, point: number | undefined): Promise<void> => {
            await scheduler.schedule(Promise.resolve());
            if (point === undefined) {
              wanted.set(conn, undefined);
              return watch(conn);
            }
            // A cursor that a client may hold: some event that was published, or the start of a turn.
            const known = turns.flatMap((turn) =>
              [-1, ...(events.get(turn.id) ?? []).map((event) => event.n)].map((n) => ({
                turnId: turn.id,
                n,
              })),
            );
            const cursor = known[point % Math.max(1, known.length)];
            if (cursor === undefined || isUnpublished(cursor)) return join(conn, undefined);
            wanted.set(conn, expected(script, Number(cursor.turnId.slice(1)), cursor.n));
            watch(conn, cursor);
          };
          const published = new Map<string, number>();
          const isUnpublished = ({ turnId, n }: TurnCursor): boolean =>
            n > (published.get(turnId ?? '') ?? -1);
          const { publish: original } = fanout;
          fanout.publish = (conversationId, frame) => {
            if (frame.type === 'chat.delta' && 'turnId' in frame.event) {
              published.set(String(frame.event.turnId), frame.n ?? -1);
            }
            original(conversationId, frame);
          };

          const all = Promise.all([write(), ...cursors.map((point, index) => join(`w${index}`, point))]);
          do {
            await scheduler.waitAll();
            await settle();
          } while (scheduler.count() > 0);
          await all;

          for (const [conn, exact] of wanted) {
            expect(announced.has(conn)).toBe(true);
            const got = seen(conn);
            if (exact !== undefined) {
              expect(got).toEqual(exact);
            } else {
              // Without a cursor: whole turns, from some turn on to the last.
              const first = got[0];
              const from =
                first === undefined
                  ? script.length
                  : Number(('turnId' in first ? first.turnId : '').slice(1));
              expect(got).toEqual(expected(script, from, -1));
              if (from < script.length) joinedLate += 1;
            }
          }
        },
      ),
      { numRuns: 1500 },
    );
    expect(joinedLate).toBeGreaterThan(200);
  });

  it('an idle conversation sends nothing but `watched`; a running turn is replayed from its start', async () => {
    const { fanout, commit, publish } = setUp();
    const { watch, seen, announced } = gateway(fanout);
    for (const type of ['user-message', 'turn-start', 'turn-sealed']) publish(commit('t0', type));
    watch('idle');
    await settle();
    expect(seen('idle')).toEqual([]);
    expect(announced.get('idle')).toEqual({ behind: 't0' });

    publish(commit('t1', 'user-message'));
    publish(commit('t1', 'turn-start'));
    watch('late');
    await settle();
    expect(announced.get('late')).toEqual({ turnId: 't1', n: 1 });
    publish(commit('t1', 'turn-sealed'));
    const whole = [0, 1, 2].map((n) => ({ turnId: 't1', n }));
    expect(seen('late')).toEqual(whole);
    expect(seen('idle')).toEqual(whole);
  });

  it.each([
    ['a turn nobody knows', { turnId: 'nobody', n: 0 }, 'unknown-turn'],
    ['an index above the head', { turnId: 't0', n: 99 }, 'ahead'],
    ['an index above the newest head', { n: 99 }, 'ahead'],
    ['events that were trimmed', { turnId: 'old', n: 1 }, 'too-old'],
    ['a trimmed turn from its start', { turnId: 'old', n: -1 }, 'too-old'],
  ])('a cursor of %s is reset with a reason, then served as none', async (_, cursor, reason) => {
    const { fanout, commit, publish, events } = setUp();
    const { watch, seen } = gateway(fanout);
    for (const type of ['user-message', 'turn-start', 'turn-sealed']) publish(commit('old', type));
    events.set('old', []);
    publish(commit('t0', 'user-message'));
    watch('w', cursor);
    await settle();
    expect(seen('w')).toEqual([{ reset: reason }, { turnId: 't0', n: 0 }]);
  });

  it('a cursor at the head of the newest turn gives what comes next and nothing else', async () => {
    const { fanout, commit, publish } = setUp();
    const { watch, seen } = gateway(fanout);
    publish(commit('t0', 'user-message'));
    watch('a', { n: 0 });
    watch('b', { turnId: 't0', n: 0 });
    await settle();
    publish(commit('t0', 'turn-sealed'));
    publish(commit('t1', 'user-message'));
    const rest = [
      { turnId: 't0', n: 1 },
      { turnId: 't1', n: 0 },
    ];
    expect(seen('a')).toEqual(rest);
    expect(seen('b')).toEqual(rest);
  });

  it('a watch that breaks while nothing runs gets every turn that ran before it stands again', async () => {
    const { fanout, own, commit, publish } = setUp();
    const { watch, unwatch, seen, announced } = gateway(fanout);
    const run = (turnId: string) => {
      for (const type of ['user-message', 'turn-start', 'turn-sealed']) publish(commit(turnId, type));
      return [0, 1, 2].map((n) => ({ turnId, n }));
    };
    own();
    watch('before-the-first');
    await settle();
    const origin = announced.get('before-the-first');
    expect(origin).toEqual({ behind: null });
    unwatch('before-the-first');
    const first = run('t0');
    watch('idle');
    await settle();
    const idle = announced.get('idle');
    unwatch('idle');
    const later = [...run('t1'), ...run('t2')];
    watch('idle-again', idle);
    watch('origin-again', origin);
    await settle();
    expect(seen('idle-again')).toEqual(later);
    expect(seen('origin-again')).toEqual([...first, ...later]);
    expect(announced.get('idle-again')).toEqual({ behind: 't2' });
  });

  it('a foreign conversation reads as an unknown one: watched, silent, also beside its owner on one link', async () => {
    const { fanout, commit, publish } = setUp();
    const { watch, seen, announced } = gateway(fanout);
    watch('early-stranger', undefined, 'usr_other');
    watch('early-owner');
    await settle();
    expect(announced.get('early-stranger')).toEqual({ behind: null });
    publish(commit('t0', 'user-message'));
    publish(commit('t0', 'turn-start'));
    watch('stranger', { turnId: 't0', n: 0 }, 'usr_other');
    await settle();
    publish(commit('t0', 'turn-sealed'));
    await settle();
    expect(seen('early-owner')).toEqual([0, 1, 2].map((n) => ({ turnId: 't0', n })));
    expect(seen('early-stranger')).toEqual([]);
    expect(seen('stranger')).toEqual([{ reset: 'unknown-turn' }]);
    expect(announced.get('stranger')).toEqual({ behind: null });
  });

  it('A2: while nobody can tell whose a conversation is nothing of it is told, and its owner misses nothing', async () => {
    let failures = 2;
    const { fanout, commit, publish } = setUp(async (read) => {
      if (failures-- > 0) throw new Error('the disk does not answer');
      return read();
    });
    const { watch, seen } = gateway(fanout);
    for (const type of ['user-message', 'turn-start']) publish(commit('t0', type));
    watch('owner', { turnId: 't0', n: 0 });
    watch('stranger', undefined, 'usr_other');
    await settle();
    publish(commit('t0', 'text-delta'));
    await settle();
    publish(commit('t0', 'turn-sealed'));
    expect(seen('stranger')).toEqual([{ turnId: 'undefined', n: Number.NaN }]);
    expect(seen('owner').slice(1)).toEqual([1, 2, 3].map((n) => ({ turnId: 't0', n })));
  });

  it('a replay that is larger than the link takes waits, and goes on without gap or repeat', async () => {
    const { fanout, commit, publish } = setUp();
    const { watch, seen, setFull } = gateway(fanout);
    for (let n = 0; n < 1200; n += 1) publish(commit('t0', n === 0 ? 'user-message' : 'text-delta'));
    setFull(true);
    watch('w');
    await settle();
    expect(seen('w')).toHaveLength(0);
    for (let n = 0; n < 30; n += 1) publish(commit('t0', 'text-delta'));
    setFull(false);
    await settle();
    publish(commit('t0', 'turn-sealed'));
    expect(seen('w')).toEqual(Array.from({ length: 1231 }, (_, n) => ({ turnId: 't0', n })));
  });

  it('R9: what is published while a replay waits for its link is not lost, also when it was stored before', async () => {
    const { fanout, commit, publish } = setUp();
    const { watch, seen, setFull } = gateway(fanout);
    publish(commit('t0', 'user-message'));
    publish(commit('t0', 'turn-start'));
    const stored = commit('t0', 'text-delta');
    setFull(true);
    watch('w');
    await settle();
    publish(stored);
    setFull(false);
    await settle();
    expect(seen('w')).toEqual([0, 1, 2].map((n) => ({ turnId: 't0', n })));
  });

  it('an unwatched connection and a closed link get nothing more, also in the middle of a replay', async () => {
    const { fanout, commit, publish } = setUp();
    const { watch, unwatch, link, seen, announced } = gateway(fanout);
    publish(commit('t0', 'user-message'));
    watch('gone');
    unwatch('gone');
    watch('stays');
    await settle();
    expect(announced.has('gone')).toBe(false);
    link.close();
    publish(commit('t0', 'turn-start'));
    await settle();
    expect(seen('gone')).toEqual([]);
    expect(seen('stays')).toEqual([{ turnId: 't0', n: 0 }]);
  });

  it('a frame that no link can carry is told in its place', async () => {
    const { fanout, commit, publish } = setUp();
    const { watch, seen } = gateway(fanout);
    publish(commit('t0', 'user-message'));
    watch('w');
    await settle();
    const draft = commit('t0', 'text-delta');
    publish({
      ...draft,
      event: { ...draft.event, delta: 'x'.repeat(9 * 1024 * 1024) } as typeof draft.event,
    });
    expect(seen('w')).toHaveLength(2);
    expect(seen('w')[1]).toEqual({ turnId: 'undefined', n: Number.NaN });
  });
});
