import fc from 'fast-check';
import { expect, it } from 'vitest';
import { namedEvent } from '../__fixtures__/fake-users.ts';
import { StreamWorld, TestReader } from './__fixtures__/stream-world.ts';

const USERS = ['ann', 'bob'] as const;
type User = (typeof USERS)[number];

/** An application: one reducer behind up to two sockets, which drops what it has and knows where it stopped. */
class Client {
  readonly user: User;
  epoch: string | undefined;
  last: number | undefined;
  /** What was applied since the last start over, by number. */
  applied = new Map<number, unknown>();
  readonly resets: string[] = [];
  sockets: TestReader[] = [];
  readonly #world: StreamWorld;

  constructor(world: StreamWorld, user: User) {
    this.#world = world;
    this.user = user;
  }

  connect(): void {
    const cursor =
      this.last === undefined || this.epoch === undefined ? undefined : { epoch: this.epoch, seq: this.last };
    const reader = new TestReader(({ type, seq, event }) => {
      if (seq <= (this.last ?? -1)) return;
      if (seq !== (this.last ?? -1) + 1) throw new Error(`${this.user} got ${seq} behind ${this.last}`);
      this.last = seq;
      this.applied.set(seq, type === 'user.skip' ? null : event);
    });
    this.sockets.push(reader);
    if (this.sockets.length > 2) this.drop();
    this.#world.sessions.seat(this.user, {
      cursor,
      onSeat: (seat) => {
        // Its socket went while it waited.
        if (!this.sockets.includes(reader)) return seat.leave();
        reader.seat = seat;
        const { resumed, head, reason } = seat.greeting;
        const isOvertaken = this.last !== cursor?.seq;
        if (!resumed && !isOvertaken) {
          if (cursor !== undefined) this.resets.push(reason ?? 'none');
          this.last = head;
          this.epoch = this.#world.epoch;
          this.applied = new Map();
        }
        seat.begin(reader);
      },
    });
  }

  drop(): void {
    const reader = this.sockets.shift();
    reader?.seat?.leave();
  }

  /** Sockets that were sent away close. */
  leaveAway(): void {
    for (const reader of this.sockets.filter(({ away }) => away !== undefined)) reader.seat?.leave();
    this.sockets = this.sockets.filter(({ away }) => away === undefined);
  }
}

interface Real {
  readonly world: StreamWorld;
  readonly clients: readonly Client[];
}
type Step = (real: Real) => void;

const client = fc.nat({ max: 3 });
const step: fc.Arbitrary<{ readonly name: string; readonly run: Step }> = fc.oneof(
  {
    weight: 6,
    arbitrary: client.map((of) => named(`connect ${of}`, ({ clients }) => clients[of]?.connect())),
  },
  { weight: 4, arbitrary: client.map((of) => named(`drop ${of}`, ({ clients }) => clients[of]?.drop())) },
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.subarray([...USERS], { minLength: 1 }), fc.integer({ min: 1, max: 12 }))
      .map(([users, count]) =>
        named(`publish ${count} to ${users.join()}`, ({ world }) => {
          for (let index = 0; index < count; index += 1) world.kernel.emit(users, `n${Math.random()}`);
        }),
      ),
  },
  {
    weight: 10,
    arbitrary: fc.tuple(fc.constantFrom('up', 'down'), fc.integer({ min: 1, max: 9 })).map(([way, count]) =>
      named(`move ${count} ${way}`, ({ world }) => {
        for (let index = 0; index < count; index += 1) world.move(way as 'up' | 'down');
      }),
    ),
  },
  { weight: 2, arbitrary: fc.constant(named('settle', ({ world }) => world.settle())) },
  { weight: 1, arbitrary: fc.constant(named('break the link', ({ world }) => world.disconnect())) },
  { weight: 1, arbitrary: fc.constant(named('link', ({ world }) => world.connect())) },
  { weight: 1, arbitrary: fc.constant(named('restart the kernel', ({ world }) => world.restartKernel())) },
  {
    weight: 1,
    arbitrary: fc.constant(
      named('restart the gateway', ({ world, clients }) => {
        world.restartGateway();
        for (const one of clients) one.sockets = [];
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(...USERS), fc.nat({ max: 20 })).map(([user, back]) =>
      named(`trim ${user} to ${back}`, ({ world }) => {
        const stream = world.kernel.of(user);
        stream.floor = Math.max(stream.floor, stream.events.length - back);
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(...USERS), fc.nat({ max: 5 })).map(([user, back]) =>
      named(`revoke ${back} back of ${user}`, ({ world }) => {
        const { hidden, events } = world.kernel.of(user);
        hidden.add(events.length - back);
      }),
    ),
  },
  { weight: 1, arbitrary: fc.constant(named('five minutes', ({ world }) => world.clock.advance(300_000))) },
);

function named(name: string, run: Step): { readonly name: string; readonly run: Step; toString(): string } {
  return { name, run, toString: () => name };
}

function check({ world, clients }: Real): void {
  for (const one of clients) {
    const { events, hidden } = world.kernel.of(one.user);
    for (const [seq, event] of one.applied) {
      if (event === null) expect(hidden.has(seq)).toBe(true);
      else expect(event).toEqual(events[seq - 1]);
    }
  }
}

it('R1, R2, R3, RT-04: whatever breaks, each reducer saw every number once, in order, or was told to start over', () => {
  let refused = 0;
  let delivered = 0;
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 20, maxLength: 120 }),
      fc.constantFrom(4_000, 1_000_000),
      (steps, bytes) => {
        const world = new StreamWorld(bytes);
        const clients = [0, 1, 2, 3].map((index) => new Client(world, USERS[index % 2] ?? 'ann'));
        const real = { world, clients };
        for (const { run } of steps) {
          run(real);
          for (const one of clients) one.leaveAway();
        }
        for (let round = 0; round < 3; round += 1) {
          world.settle();
          for (const one of clients) {
            one.leaveAway();
            if (one.sockets.length === 0) one.connect();
          }
        }
        world.settle();
        check(real);
        expect(world.isRestored).toBe(true);
        for (const one of clients) {
          const { events } = world.kernel.of(one.user);
          expect(one.last).toBe(events.length);
          // Without a hole from where it began.
          const numbers = [...one.applied.keys()];
          expect(numbers).toEqual(numbers.map((_, index) => events.length - numbers.length + 1 + index));
          for (const reason of one.resets) expect(reason).toBe('too-old');
          refused += one.resets.length;
          delivered += numbers.length;
        }
        expect(world.drops).toEqual([]);
      },
    ),
    { numRuns: 1_500 },
  );
  // The schedules reach what they are for.
  expect(refused).toBeGreaterThan(20);
  expect(delivered).toBeGreaterThan(5_000);
}, 60_000);

it('RT-07: a user without a socket is kept for five minutes, then asked for anew', () => {
  const world = new StreamWorld();
  const one = new Client(world, 'ann');
  const visit = (): void => {
    one.connect();
    world.settle();
    one.drop();
  };
  visit();
  world.clock.advance(299_000);
  visit();
  world.clock.advance(299_999);
  expect(world.sessions.size).toBe(1);
  world.clock.advance(1);
  expect(world.sessions.size).toBe(0);
  world.settle();
  world.kernel.emit(['ann'], 'while nobody followed');
  expect(world.underWay).toBe(0);
  visit();
  expect([...one.applied.values()]).toEqual([namedEvent('while nobody followed')]);
});
