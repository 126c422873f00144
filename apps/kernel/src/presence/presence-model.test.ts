import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  type PresenceWorld,
  presenceWorld,
  type SeenClient,
  type SeenGateway,
} from './__fixtures__/presence-world.ts';
import { PRESENCE_GRACE_MS } from './presence-registry.ts';

const USERS = ['usr_a', 'usr_b', 'usr_c'];
const GATEWAYS = 3;
/** From a change to the frame that tells it. */
const BATCH_MS = 1_000;

interface TabOperation {
  readonly do: 'open' | 'close';
  readonly user: number;
  readonly gateway: number;
  readonly tab: number;
}

type Operation =
  | TabOperation
  | { readonly do: 'cut' | 'link'; readonly gateway: number }
  | { readonly do: 'restart' }
  | { readonly do: 'text'; readonly user: number; readonly text: string | null }
  | { readonly do: 'pass'; readonly ms: number };

const user = fc.nat(USERS.length - 1);
const gateway = fc.nat(GATEWAYS - 1);
const tab = fc.nat(1);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('open' as const), user, gateway, tab }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('close' as const), user, gateway, tab }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cut' as const), gateway }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('link' as const), gateway }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('text' as const), user, text: fc.constantFrom(null, 'x', 'y') }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      ms: fc.constantFrom(1, 400, 1_000, 9_000, 11_000),
    }),
  },
);

/** What must be true of the bits, worked out from the times at which anything was connected at all. */
class Model {
  /** Connections the kernel knows of, by user. */
  readonly live = new Map<string, Set<string>>();
  /** When each user's last one ended. */
  readonly endedAt = new Map<string, number>();

  /** When each user was there again. */
  readonly #cameAt = new Map<string, number>();
  /** Until when either is right: a kernel died before it had told what it knew. */
  readonly #unsureUntil = new Map<string, number>();

  open(userId: string, conn: string, now: number): void {
    if (this.isOnline(userId, now) !== true) this.#cameAt.set(userId, now);
    this.live.set(userId, (this.live.get(userId) ?? new Set()).add(conn));
  }

  close(userId: string, conn: string, now: number): void {
    if (this.live.get(userId)?.delete(conn) && !this.isConnected(userId)) this.endedAt.set(userId, now);
  }

  /** Another kernel: whoever was said to be there gets the grace anew, whoever was not is not. */
  restart(userId: string, now: number): void {
    const wasOnline = this.isOnline(userId, now);
    const came = this.#cameAt.get(userId) ?? Number.NEGATIVE_INFINITY;
    if (wasOnline === undefined || now - came <= BATCH_MS) {
      this.#unsureUntil.set(userId, now + PRESENCE_GRACE_MS + BATCH_MS);
    }
    if (wasOnline) this.endedAt.set(userId, now);
  }

  isConnected(userId: string): boolean {
    return (this.live.get(userId)?.size ?? 0) > 0;
  }

  /** Undefined: within a batch of the end of a grace either is right. */
  isOnline(userId: string, now: number): boolean | undefined {
    if (this.isConnected(userId)) return true;
    if (now <= (this.#unsureUntil.get(userId) ?? Number.NEGATIVE_INFINITY)) return undefined;
    const gone = now - (this.endedAt.get(userId) ?? Number.NEGATIVE_INFINITY);
    if (gone < PRESENCE_GRACE_MS) return true;
    return gone <= PRESENCE_GRACE_MS + BATCH_MS ? undefined : false;
  }
}

class Play {
  readonly world: PresenceWorld;
  readonly gateways: readonly SeenGateway[];
  readonly linked = new Set<number>();
  readonly model = new Model();
  readonly texts = new Map<string, string | null>();
  checks = 0;
  turns = 0;

  constructor(world: PresenceWorld) {
    this.world = world;
    this.gateways = Array.from({ length: GATEWAYS }, () => world.gateway());
    for (let index = 0; index < GATEWAYS; index += 1) this.linked.add(index);
  }

  async run(step: Operation): Promise<void> {
    const { world, gateways, linked, model } = this;
    const now = world.clock.mono();
    if (step.do === 'open' || step.do === 'close') this.#tab(step, now);
    else if (step.do === 'pass') await world.pass(step.ms);
    else if (step.do === 'restart') {
      for (const index of linked) this.#unlink(index, now);
      for (const one of USERS) model.restart(one, now);
      await world.restart();
    } else if (step.do === 'text') {
      const userId = USERS[step.user] as string;
      await world.registry.setStatusText(userId, step.text);
      this.texts.set(userId, step.text);
    } else if (step.do === 'cut') {
      if (linked.has(step.gateway)) this.#unlink(step.gateway, now);
      gateways[step.gateway]?.cut();
    } else if (step.do === 'link') {
      linked.add(step.gateway);
      gateways[step.gateway]?.link();
      for (const [conn, { userId }] of gateways[step.gateway]?.clients ?? []) model.open(userId, conn, now);
    }
    await world.pass(0);
    this.#checkFlicker();
  }

  #tab(step: TabOperation, now: number): void {
    const userId = USERS[step.user] as string;
    const at = this.gateways[step.gateway] as SeenGateway;
    const conn = `${step.gateway}/${userId}/${step.tab}`;
    if (step.do === 'open' && !at.clients.has(conn)) {
      at.open(conn, userId);
      if (this.linked.has(step.gateway)) this.model.open(userId, conn, now);
    } else if (step.do === 'close') {
      at.close(conn);
      this.model.close(userId, conn, now);
    }
  }

  #unlink(index: number, now: number): void {
    this.linked.delete(index);
    for (const [conn, { userId }] of this.gateways[index]?.clients ?? []) this.model.close(userId, conn, now);
  }

  /** P3: nobody is ever shown as gone who is there, or was within the grace. Nothing opens while time passes, so now is as good as then. */
  #checkFlicker(): void {
    const now = this.world.clock.mono();
    for (const one of this.gateways) {
      for (const client of one.clients.values()) {
        for (const change of client.changes.splice(0)) {
          const [userId = '', what] = change.split(' ');
          if (what === 'offline')
            expect([userId, this.model.isOnline(userId, now)]).not.toEqual([userId, true]);
          this.turns += 1;
        }
      }
    }
  }

  /** Lets what is under way be told, and holds every client that is reached against the model. */
  async check(): Promise<void> {
    await this.world.pass(BATCH_MS);
    this.#checkFlicker();
    const now = this.world.clock.mono();
    for (const index of this.linked) {
      for (const client of this.gateways[index]?.clients.values() ?? []) this.#checkClient(client, now);
    }
  }

  #checkClient(client: SeenClient, now: number): void {
    expect(client.snapshots).toBeGreaterThan(0);
    for (const userId of USERS) {
      const expected = this.model.isOnline(userId, now);
      const shown = client.shown.get(userId);
      if (expected !== undefined) expect([userId, shown?.online ?? false]).toEqual([userId, expected]);
      expect(shown?.statusText ?? null).toBe(this.texts.get(userId) ?? null);
      this.checks += 1;
    }
    const pauses = client.updates.slice(1).map((at, index) => at - (client.updates[index] ?? 0));
    for (const pause of pauses) expect(pause).toBeGreaterThanOrEqual(BATCH_MS - 1);
  }
}

/** A text is taken back while nobody who has read it is reached. */
const unseen: readonly Operation[] = [
  { do: 'text', user: 0, text: 'x' },
  { do: 'open', user: 1, gateway: 0, tab: 0 },
  { do: 'restart' },
  { do: 'text', user: 0, text: null },
  { do: 'link', gateway: 0 },
];

it('P1 P2 P3: whatever tabs, gateways and kernels do, everybody is shown who is there', async () => {
  let checks = 0;
  let turns = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 5, maxLength: 60 }), async (operations) => {
      const play = new Play(await presenceWorld());
      for (const [index, step] of operations.entries()) {
        await play.run(step);
        if (index % 5 === 4) await play.check();
      }
      await play.check();
      checks += play.checks;
      turns += play.turns;
    }),
    { numRuns: 300, examples: [[[...unseen]]] },
  );
  expect(checks).toBeGreaterThan(1_000);
  expect(turns).toBeGreaterThan(500);
}, 60_000);
