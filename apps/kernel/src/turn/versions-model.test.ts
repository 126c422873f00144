import type { Tool } from '@dispatch/extension-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemIds } from '../ids.ts';
import { createEngine, type Engine } from './__fixtures__/engine.ts';
import type { Script } from './__fixtures__/scripted-model.ts';
import { forkConversation } from './fork-conversation.ts';
import { activeLine } from './line.ts';
import { recoverTurns } from './recover-turns.ts';
import { showVersion } from './settle-version.ts';

/** How the turn goes that an operation starts. */
const SCRIPTS = {
  answers: [[{ text: 'fine' }, { finish: 'stop' }]],
  acts: [
    [{ call: 'act' }, { call: 'act', id: 'more' }, { finish: 'tool-calls' }],
    [{ text: 'done' }, { finish: 'stop' }],
  ],
  fails: [[{ fail: 'provider-error' }]],
  'fails late': [[{ text: 'well' }, { fail: 'provider-error' }]],
  'is stopped': [[{ text: 'well' }, { hang: true }]],
  'is stopped early': [[{ hang: true }]],
  crashes: [[{ text: 'well' }, { hang: true }]],
  'crashes early': [[{ hang: true }]],
  'crashes acting': [[{ call: 'act', input: '{"hang":true}' }, { finish: 'tool-calls' }]],
} as const satisfies Record<string, readonly Script[]>;
type Course = keyof typeof SCRIPTS;
const SILENT: ReadonlySet<Course> = new Set(['fails', 'is stopped early', 'crashes early']);

type Operation =
  | { readonly kind: 'send'; readonly course: Course }
  | { readonly kind: 'regenerate'; readonly course: Course; readonly of: number; readonly edits: boolean }
  | { readonly kind: 'activate'; readonly of: number }
  | { readonly kind: 'fork'; readonly of: number };

const course = fc.constantFrom(...(Object.keys(SCRIPTS) as Course[]));
const of = fc.nat(20);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('send' as const), course }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('regenerate' as const), course, of, edits: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('activate' as const), of }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fork' as const), of }) },
);

interface Version {
  readonly turnId: string;
  readonly message: string;
  readonly beat: Beat;
  /** What goes on from it. */
  next: Beat | undefined;
}

/** A beat as people understand it: some versions, and one of them is shown. */
interface Beat {
  readonly parent: Version | undefined;
  versions: Version[];
  shown: Version | undefined;
}

/** The conversation as it should be. */
class Model {
  first: Beat | undefined;
  readonly turns: Version[] = [];
  /** The turn of each call that ran of the tool that acts. */
  readonly acted: string[] = [];

  line(): readonly Version[] {
    const line: Version[] = [];
    for (let beat = this.first; beat?.shown !== undefined; beat = beat.shown.next) line.push(beat.shown);
    return line;
  }

  send(turnId: string, message: string): void {
    const parent = this.line().at(-1);
    const beat: Beat = { parent, versions: [], shown: undefined };
    if (parent === undefined) this.first = beat;
    else parent.next = beat;
    beat.shown = this.#add(beat, turnId, message);
  }

  regenerate(turnId: string, message: string, target: Version, isKept: boolean): void {
    if (isKept) this.show(this.#add(target.beat, turnId, message));
  }

  show(version: Version): void {
    for (let one: Version | undefined = version; one !== undefined; one = one.beat.parent)
      one.beat.shown = one;
  }

  #add(beat: Beat, turnId: string, message: string): Version {
    const version = { turnId, message, beat, next: undefined };
    beat.versions.push(version);
    this.turns.push(version);
    return version;
  }
}

/** Runs a turn to its end, whatever that is; gives the engine that goes on. */
async function run(engine: Engine, model: Model, turnId: string, how: Course): Promise<Engine> {
  if (how.startsWith('crashes')) {
    if (how === 'crashes acting') await until(() => model.acted.includes(turnId));
    else await heard(engine, turnId, how === 'crashes' ? 'text-delta' : 'turn-start');
    const store = engine.store.restart();
    const next = createEngine({ store, scripts: [] });
    const { clock } = next;
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    const { resume } = next.turns;
    await recoverTurns({ store, clock, log, resume, giveUp: new AbortController().signal });
    return next;
  }
  if (how.startsWith('is stopped')) {
    await heard(engine, turnId, how === 'is stopped' ? 'text-delta' : 'turn-start');
    await engine.turns.stop('c1', turnId);
  }
  await engine.idle();
  return engine;
}

async function heard(engine: Engine, turnId: string, type: string): Promise<void> {
  await until(() =>
    engine.published.some(({ event }) => event.type === type && 'turnId' in event && event.turnId === turnId),
  );
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

function actingTool(acted: string[]): Tool {
  return {
    name: 'act',
    description: 'Has side effects',
    inputSchema: { type: 'object' },
    execute: async (input, { turnId }) => {
      acted.push(turnId);
      if (typeof input === 'object' && input !== null && 'hang' in input) await new Promise(() => {});
      return { content: 'acted', isError: false };
    },
  };
}

/** One engine for each operation, since each has a script of its own; all over the same store. */
function engineFor({ store }: Engine, { acted }: Model, how: Course): Engine {
  return createEngine({ store, scripts: SCRIPTS[how], tools: [actingTool(acted)] });
}

async function apply(engine: Engine, model: Model, one: Operation, index: number): Promise<Engine> {
  const target = 'of' in one ? model.turns[one.of % Math.max(1, model.turns.length)] : undefined;
  if (one.kind === 'send') {
    const next = engineFor(engine, model, one.course);
    const message = `message ${index}`;
    const turnId = await next.begin({ message });
    model.send(turnId, message);
    return await run(next, model, turnId, one.course);
  }
  if (target === undefined) return engine;
  if (one.kind === 'fork') {
    await checkFork(engine, target);
    return engine;
  }
  if (one.kind === 'activate') {
    await engine.store.commit({
      *plan(q) {
        const places = yield* q.places.each('c1');
        yield* showVersion(q, 'c1', places, target.turnId);
        return { result: null };
      },
    });
    model.show(target);
    return engine;
  }
  const next = engineFor(engine, model, one.course);
  const message = one.edits ? `edit ${index}` : target.message;
  const outcome = await next.turns.start({
    userId: 'usr_owner',
    conversationId: 'c1',
    regenerates: target.turnId,
    ...(one.edits && { message }),
  });
  if (outcome.kind !== 'started') throw new Error(`a regenerate is ${outcome.kind}`);
  expect(outcome.version).toMatchObject({ version: target.beat.versions.length + 1 });
  const after = await run(next, model, outcome.turnId, one.course);
  model.regenerate(outcome.turnId, message, target, !SILENT.has(one.course));
  return after;
}

/** A fork has what leads to a turn, and what was done there is done once. */
async function checkFork(engine: Engine, target: Version): Promise<void> {
  const { store, clock } = engine;
  const source = await store.read.conversation('c1');
  if (source === undefined) throw new Error('there is nothing to fork');
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const fork = await forkConversation(
    { store, clock, ids: systemIds, log },
    { source, turnId: target.turnId },
  );
  if (typeof fork === 'string') throw new Error(`a fork is ${fork}`);
  const path: string[] = [];
  for (let one: Version | undefined = target; one !== undefined; one = one.beat.parent)
    path.unshift(one.message);
  const words = store.chunks(fork.conversationId).flatMap(({ role, chunk }) => {
    return role === 'user' && chunk.type === 'text' ? [chunk.text] : [];
  });
  expect(words).toEqual(path);
  const places = await store.read.eachPlace(fork.conversationId);
  expect(activeLine(places).map(({ turnId }) => turnId)).toEqual(places.map(({ turnId }) => turnId));
  expect(await store.read.approvals.effectsOfTurn(fork.turnId)).toEqual([]);
}

async function check(engine: Engine, model: Model): Promise<void> {
  const places = await engine.store.read.eachPlace('c1');
  const shown = activeLine(places).map(({ turnId }) => turnId);
  expect(shown).toEqual(model.line().map(({ turnId }) => turnId));
  for (const beatId of new Set(places.map((place) => place.beatId))) {
    const versions = places.filter((place) => place.beatId === beatId);
    expect(versions.filter(({ supersededBy }) => supersededBy === null)).toHaveLength(1);
    const numbers = versions.map(({ version }) => version).filter((version) => version > 0);
    expect(numbers.sort((a, b) => a - b)).toEqual(numbers.map((_, index) => index + 1));
  }
  const words = engine.store.chunks('c1').flatMap(({ role, turnId, chunk }) => {
    return role === 'user' && chunk.type === 'text' && shown.includes(turnId ?? '') ? [chunk.text] : [];
  });
  expect(words).toEqual(model.line().map(({ message }) => message));
  for (const { turnId } of places) {
    const effects = await engine.store.read.approvals.effectsOfTurn(turnId);
    expect(effects).toHaveLength(model.acted.filter((one) => one === turnId).length);
    expect(new Set(effects.map(({ toolCallId }) => toolCallId)).size).toBe(effects.length);
  }
}

describe('versions', () => {
  it('RG7, RG8, RG11, G1, G5: whatever is sent, regenerated, edited, chosen, forked, stopped or cut off, one line is shown, the right one, and what was done is counted once', async () => {
    const done = { regenerate: 0, fork: 0, acted: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 2, maxLength: 14 }), async (operations) => {
        let engine = createEngine({ scripts: [] });
        const model = new Model();
        for (const [index, one] of operations.entries()) {
          engine = await apply(engine, model, one, index);
          await check(engine, model);
        }
        for (const { kind } of operations) if (kind === 'regenerate' || kind === 'fork') done[kind] += 1;
        done.acted += model.acted.length;
        const last = engineFor(engine, model, 'answers');
        await last.send({ message: 'last' });
        const asked = last.model.requests[0]?.prompt.filter(({ role }) => role === 'user');
        const said = asked?.map(({ content }) => (Array.isArray(content) ? content[0] : undefined));
        expect(said).toEqual(
          [...model.line().map(({ message }) => message), 'last'].map((text) => ({ type: 'text', text })),
        );
      }),
      { numRuns: 150 },
    );
    expect(Math.min(done.regenerate, done.fork, done.acted)).toBeGreaterThan(50);
  }, 60_000);
});
