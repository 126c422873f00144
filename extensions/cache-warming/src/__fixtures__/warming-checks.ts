import { holds, type Moment } from './moment.ts';
import type { Command } from './warming-commands.ts';
import { ID, seen, UNTOUCHED, type WarmingWorld } from './warming-world.ts';

const INVALID_INTERVALS = new Set<unknown>([0, -1, 3_301, '10', null]);

/** Carries out commands, knows on its own what must follow, and checks every promise by its name behind each. */
export class WarmingChecks {
  readonly #world: WarmingWorld;
  #on = false;
  #closes = 0;
  #failures = 0;
  #counted = false;

  constructor(world: WarmingWorld) {
    this.#world = world;
  }

  async run(command: Command): Promise<void> {
    const before = await this.#moment();
    const outcome = await this.#carryOut(command);
    if (this.#world.facts().closes !== this.#closes) this.#on = false;
    const after = await this.#moment();
    this.#answered(command, before, after, outcome);
    this.#followed(command, before, after);
    this.#restarted(command, before, after);
    await this.#always(command, before, after);
  }

  async #moment(): Promise<Moment> {
    const world = this.#world;
    const seenNow = await world.look();
    return {
      seen: seenNow,
      sent: world.sent(),
      updates: world.updates(),
      running: world.facts().runningTurnId !== null,
      flights: world.pending.length,
      held: world.held(),
      waiting: world.test.undelivered(),
      row: JSON.stringify(world.test.rows(`conversation/${ID}`)[0]?.value ?? null),
    };
  }

  async #carryOut(command: Command): Promise<string | undefined> {
    const world = this.#world;
    const idle = world.facts().runningTurnId === null;
    switch (command.do) {
      case 'toggle':
        return (await world.invoke('toggle', command.payload)).kind;
      case 'interval':
        return (await world.invoke('set-interval', command.payload)).kind;
      case 'warm-now': {
        const { kind } = await world.invoke('warm');
        if (kind === 'accepted') this.#counted = this.#on;
        return kind;
      }
      case 'start-turn':
      case 'start-turn-untold':
        if (idle) await world.startTurn(undefined, undefined, command.do === 'start-turn');
        return undefined;
      case 'seal-turn':
        return void (await world.sealTurn(command.delivered, { reason: command.reason }));
      case 'deliver':
        return void (await world.test.deliver());
      case 'repeat-event':
        return void (await world.test.deliver(world.test.undelivered() === 0 ? 1 : 0));
      case 'end-warm':
        return void (await world.endWarm(command.result));
      case 'close':
        return void (await world.close(command.delivered));
      case 'restart':
        return void (await world.restart());
      case 'jump':
        return void (await world.test.jump(command.ms));
      case 'pass':
        return void (await world.test.advance(command.ms));
      case 'subscribe':
        return void (world.reader === undefined && (await world.subscribe()));
      case 'unsubscribe':
        return void world.unsubscribe();
    }
  }

  /** What holds behind every step. */
  async #always(command: Command, before: Moment, after: Moment): Promise<void> {
    const world = this.#world;
    const fresh = await world.look(UNTOUCHED);
    holds(
      'W1',
      !fresh.on && fresh.seconds === 240 && fresh.nextWarmAt === null,
      'untouched is off, 240 s, null',
    );
    holds('W1', world.sent(UNTOUCHED) === 0, 'nothing is sent for a conversation nobody touched');
    const keys = world.test.rows().map(({ key }) => key);
    holds('W1', !keys.includes(`conversation/${UNTOUCHED}`), 'nobody opted in, so there is no row');

    const updates = world.reader?.updates.slice(before.updates) ?? [];
    for (const { at, spec } of updates) {
      const { nextWarmAt } = seen(spec);
      holds(
        'W3',
        nextWarmAt === null || nextWarmAt > at,
        'nextWarmAt is later than the sending time, or null',
      );
    }
    const news = world.test.models.warms.filter(({ call }) => call.conversationId === ID);
    holds(
      'W11',
      news.every(({ sent }) => sent),
      'nothing is asked while a turn or a warm runs, or when closed',
    );
    holds('W11', after.flights <= 1, 'one warm at a time');
    if (after.sent > before.sent) {
      holds('W11', !before.running, 'no warm starts while a turn runs');
      const byHand = command.do === 'warm-now';
      holds('W6', byHand || this.#on, 'nothing is sent by itself unless it is switched on');
      if (!byHand) this.#counted = true;
    }
    if (command.do !== 'end-warm' && command.do !== 'toggle') {
      holds('W6', after.seen.on === this.#on, `it reads ${after.seen.on} and is ${this.#on}`);
    }
    const { nextWarmAt } = after.seen;
    holds('W5', after.seen.on || nextWarmAt === null, 'off has no next warm');
    holds('W2', !(after.running && nextWarmAt !== null), 'null while a turn runs');
    holds('W3', after.flights === 0 || nextWarmAt === null, 'null while a warm runs');
    const quiet = !after.running && after.flights === 0 && world.test.undelivered() === 0;
    holds('W9', !(after.seen.on && quiet) || nextWarmAt !== null, 'the schedule never stops silently');
    const names = new Set(world.test.events().map(({ name }) => name));
    names.delete('turn.sealed');
    names.delete('conversation.closed');
    holds(
      'W10',
      names.size === 0 && keys.every((key) => key === `conversation/${ID}`),
      'no trace but its own row',
    );
    holds('U4', world.test.failures.length === 0, `a handler failed: ${String(world.test.failures[0])}`);
  }

  /** Actions and their answers. */
  #answered(command: Command, before: Moment, after: Moment, outcome: string | undefined): void {
    if (outcome === undefined) return;
    const world = this.#world;
    const updates = after.updates - before.updates;
    const wanted = outcome === 'accepted' ? 1 : 0;
    holds('U4', world.reader === undefined || updates === wanted, `${outcome}, and ${updates} updates`);
    if (outcome !== 'accepted') {
      holds('W13', before.row === after.row && before.sent === after.sent, 'what is refused changes nothing');
    }
    if (command.do === 'interval') {
      const { payload } = command;
      const valid = !INVALID_INTERVALS.has(payload) && JSON.stringify(payload) !== '{}';
      holds('U4', valid === (outcome === 'accepted'), `${JSON.stringify(payload)} is ${outcome}`);
      if (!valid) return;
      const seconds = Math.max(1, Math.round(typeof payload === 'number' ? payload : 240));
      holds('W2', after.seen.seconds === seconds, 'the interval is what was set');
      if (before.seen.nextWarmAt !== null) this.#due('W2', after, seconds * 1_000);
    }
    if (command.do !== 'toggle') return;
    const said = Object(command.payload).value ?? command.payload;
    const valid = said === undefined || typeof said === 'boolean' || typeof said?.valueOf() === 'boolean';
    const meant = command.payload === undefined ? !before.seen.on : said?.valueOf();
    const garbage = command.payload !== undefined && typeof meant !== 'boolean';
    holds(
      'W13',
      garbage === (outcome === 'refused') && (valid || garbage),
      `${JSON.stringify(command)} ${outcome}`,
    );
    if (garbage) return;
    holds('W13', after.seen.on === meant, `asked for ${meant}`);
    if (after.seen.on === before.seen.on) {
      holds('W13', before.row === after.row, 'saying what already is changes nothing');
      holds('W13', before.seen.nextWarmAt === after.seen.nextWarmAt, 'nor does it move the schedule');
      return;
    }
    this.#on = after.seen.on;
    this.#failures = 0;
    if (this.#on) this.#closes = world.facts().closes;
    holds('W2', after.seen.seconds === before.seen.seconds, 'opting in restores the interval');
    if (this.#on && !after.running && after.flights === 0 && world.test.undelivered() === 0) {
      this.#due('W2', after, after.seen.seconds * 1_000);
    }
  }

  /** Turns, warms, time. */
  #followed(command: Command, before: Moment, after: Moment): void {
    const world = this.#world;
    const updates = world.reader?.updates.slice(before.updates) ?? [];
    const last = updates.at(-1);
    const interval = after.seen.seconds * 1_000;
    if (command.do === 'start-turn' && !before.running && world.reader !== undefined) {
      holds(
        'W4',
        last !== undefined && seen(last.spec).nextWarmAt === null,
        'the start of a turn pushes null',
      );
    }
    const idle = !after.running && after.flights === 0;
    if (command.do === 'seal-turn' && command.delivered && before.running && this.#on && idle) {
      this.#due('W4', after, interval);
      if (world.reader !== undefined) {
        holds(
          'W4',
          last !== undefined && seen(last.spec).nextWarmAt !== null,
          'the seal pushes the schedule',
        );
      }
    }
    const handled = JSON.parse(before.row)?.lastEvent === world.test.events().length;
    if (command.do === 'repeat-event' && handled && before.waiting === 0) {
      holds('W4', before.row === after.row, 'an event that comes twice counts once');
    }
    if (command.do === 'end-warm' && before.flights > 0)
      this.#landed(command.result, before, after, updates.length);
    if (command.do === 'close') {
      holds('W6', !after.seen.on && after.seen.nextWarmAt === null, 'closed is off and null');
      holds('W6', before.sent === after.sent, 'a close sends nothing');
    }
    if (command.do === 'jump')
      holds('W12', after.sent <= before.sent + 1, 'one warm at most, however far it jumps');
    // While its end is on the way a turn is believed to run for a moment only, and what is due behind that is not shown yet.
    if (command.do === 'pass' && (before.running || !before.held)) {
      const { nextWarmAt } = before.seen;
      const due = nextWarmAt !== null && nextWarmAt <= world.now();
      holds(
        'W7',
        after.sent === before.sent + (due ? 1 : 0),
        'a due warm is sent once, with and without readers',
      );
    }
    if (command.do === 'subscribe' || command.do === 'unsubscribe') {
      holds('W7', before.row === after.row && before.sent === after.sent, 'looking changes nothing');
      holds('W7', before.seen.nextWarmAt === after.seen.nextWarmAt, 'nor does looking away');
    }
  }

  #landed(result: string, before: Moment, after: Moment, updates: number): void {
    const world = this.#world;
    if (before.held) {
      holds('W11', updates === 0, 'a result that comes during a turn is not pushed');
      holds('W11', before.seen.lastWarmAt === after.seen.lastWarmAt, 'nor shown');
      return;
    }
    const read = world.reader !== undefined;
    holds('W3', !read || updates === 1, `one update for a warm that ended, not ${updates}`);
    if (!this.#counted) return;
    const spec = world.reader?.updates.at(-1)?.spec;
    const shown = spec === undefined ? after.seen : seen(spec);
    if (!before.seen.on) {
      holds('W5', shown.nextWarmAt === null, 'a warm that ends when it is off pushes null');
      return;
    }
    if (!shown.on) {
      holds('W9', result === 'ineffective', 'only warms that do nothing switch it off');
      holds('W9', shown.stat('Next decision')?.includes('Two warms') === true, 'and it says why');
      this.#on = false;
      return;
    }
    if (result === 'fail') {
      this.#failures += 1;
      const wait = Math.min(3_300_000, after.seen.seconds * 1_000 * 2 ** (this.#failures - 1));
      this.#due('W9', after, wait);
      holds('W9', shown.stat('Last error') === 'The provider is overloaded.', 'the error is shown');
      return;
    }
    this.#failures = 0;
    holds('W3', shown.lastWarmAt === world.now(), 'lastWarmAt is its end');
    holds('W3', shown.nextWarmAt !== null && shown.nextWarmAt > world.now(), 'and the next one is ahead');
    this.#due('W3', after, after.seen.seconds * 1_000);
  }

  #restarted(command: Command, before: Moment, after: Moment): void {
    if (command.do !== 'restart' || before.row === 'null') return;
    holds('W8', after.seen.seconds === before.seen.seconds, 'the interval survives');
    holds('W8', after.seen.on === this.#on, 'so does the opt-in');
    const was = JSON.parse(before.row);
    const is = JSON.parse(after.row);
    holds('W8', was.model === is.model && was.cwd === is.cwd, 'model and working directory survive');
    if (was.flight !== null) {
      holds('W12', after.sent === before.sent, 'a warm that was under way is not repeated blindly');
      if (this.#counted) this.#failures += 1;
    }
  }

  #due(name: string, after: Moment, ms: number): void {
    const wanted = this.#world.now() + ms;
    holds(
      name,
      after.seen.nextWarmAt === wanted,
      `the next warm is ${ms} ms away, not at ${after.seen.nextWarmAt}`,
    );
  }
}
