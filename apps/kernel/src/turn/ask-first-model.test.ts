import type { JsonValue } from '@dispatch/extension-api';
import type { Principal } from '@dispatch/link';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { askingTool } from '../approval/__fixtures__/asking-tool.ts';
import { EXPIRY_MS } from '../approval/approvals.ts';
import { createEngine, type Engine, recordingLog, SAY_HELLO } from './__fixtures__/engine.ts';
import { createMemoryStore, type MemoryStore } from './__fixtures__/memory-store.ts';
import type { Script } from './__fixtures__/scripted-model.ts';
import { createVirtualClock } from './__fixtures__/virtual-clock.ts';
import { recoverTurns } from './recover-turns.ts';

const OWNER: Principal = { userId: 'usr_owner', sessionId: 'local', scopes: [] };
const CALLS = 3;
const CALLING: Script = [
  ...Array.from({ length: CALLS }, (_, index) => ({
    call: 'write',
    id: `call_${index}`,
    input: JSON.stringify({ path: `p${index % 2}` }),
  })),
  { usage: [3, 4] },
  { finish: 'tool-calls' },
];

type Action =
  | { readonly do: 'allow' | 'deny' | 'always'; readonly which: number }
  | { readonly do: 'wait'; readonly ms: number }
  /** Dies at one of its next writes, or where it stands. */
  | { readonly do: 'kill'; readonly atWrite: number }
  | { readonly do: 'drain' | 'stop' };

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constantFrom('allow', 'allow', 'deny', 'always'), which: fc.nat(CALLS) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(100, 600, EXPIRY_MS) }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('kill' as const), atWrite: fc.nat(4) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('drain', 'stop') }) },
);

/** A kernel's engine on a store, behind its recovery. */
async function startOn(store: MemoryStore, runs: JsonValue[]): Promise<Engine> {
  const clock = createVirtualClock();
  const tool = askingTool({
    execute: async (input, { signal }) => {
      runs.push(input);
      await clock.sleep(500, signal);
      return { content: 'written', isError: false };
    },
  });
  const engine = createEngine({ store, clock, tools: [tool], scripts: [SAY_HELLO] });
  const giveUp = new AbortController().signal;
  await recoverTurns({ store, clock, log: recordingLog([]), resume: engine.turns.resume, giveUp });
  await clock.advance(50);
  return engine;
}

/** From here on nothing of it reaches the store. */
function kill({ store }: Engine): MemoryStore {
  store.beforeWrite = () => new Promise(() => {});
  return store.restart();
}

async function perform(engine: Engine, what: Action, runs: JsonValue[]): Promise<Engine> {
  const { store, clock, turns, approvals } = engine;
  switch (what.do) {
    case 'allow':
    case 'deny':
    case 'always': {
      const { rows } = await store.read.approvals.pendingApprovals('usr_owner');
      const asked = rows[what.which % Math.max(rows.length, 1)];
      if (asked === undefined) return engine;
      const decision = what.do === 'deny' ? 'deny' : 'allow';
      const scope = what.do === 'always' ? 'conversation' : 'once';
      void approvals.answer(OWNER, asked.id, { decision, scope });
      await clock.advance(20);
      return engine;
    }
    case 'wait':
      await clock.advance(what.ms);
      return engine;
    case 'stop':
      void turns.stop('c1');
      await clock.advance(20);
      return engine;
    case 'drain': {
      const drained = turns.drain(1_000);
      await clock.advance(7_000);
      await drained;
      return await startOn(kill(engine), runs);
    }
    case 'kill': {
      let writes = 0;
      store.beforeWrite = () => {
        writes += 1;
        return writes > what.atWrite ? new Promise(() => {}) : undefined;
      };
      await clock.advance(600);
      return await startOn(kill(engine), runs);
    }
    default:
      return what satisfies never;
  }
}

it('ST3 T3 T8 T9: whatever is answered, stopped and killed, a call runs only when it was allowed, and once, and its turn ends once', async () => {
  const seen = { runs: 0, unknown: 0, stopped: 0, done: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 8 }), async (actions) => {
      const runs: JsonValue[] = [];
      let engine = await startOn(createMemoryStore(), runs);
      const clock = createVirtualClock();
      const first = createEngine({
        store: engine.store,
        clock,
        tools: [askingTool()],
        scripts: [CALLING, SAY_HELLO],
      });
      const turnId = await first.begin();
      await clock.advance(100);
      // What it asked is stored; from here on every kernel is one that took the turn over.
      engine = await startOn(kill(first), runs);
      for (const one of actions) engine = await perform(engine, one, runs);
      await engine.clock.advance(EXPIRY_MS + 5_000);
      await engine.clock.advance(5_000);

      const { store } = engine;
      const events = store.events(turnId);
      const results = events.flatMap((event) => (event.type === 'tool-result' ? [event.toolCallId] : []));
      expect(results).toEqual(['call_0', 'call_1', 'call_2']);
      const told = JSON.stringify(events);
      seen.runs += runs.length;
      seen.unknown += told.includes('outcome unknown') ? 1 : 0;
      seen.stopped += told.includes('"reason":"aborted"') ? 1 : 0;
      seen.done += told.includes('"reason":"stop"') ? 1 : 0;
      expect(events.filter(({ type }) => type === 'done')).toHaveLength(1);
      expect(events.filter(({ type }) => type === 'turn-sealed')).toHaveLength(1);
      expect((await store.read.approvals.pendingApprovals('usr_owner')).rows).toEqual([]);
      const approvals = await store.read.approvals.approvalsOfTurn(turnId);
      const allowed = approvals
        .filter(({ state }) => state === 'allowed')
        .map(({ toolCallId }) => toolCallId);
      const effects = await store.read.approvals.effectsOfTurn(turnId);
      for (const { toolCallId } of effects) expect(allowed).toContain(toolCallId);
      expect(new Set(effects.map(({ toolCallId }) => toolCallId)).size).toBe(effects.length);
      // One that died between the two was noted and not run.
      expect(runs.length).toBeLessThanOrEqual(effects.length);
      expect(runs.length).toBeGreaterThanOrEqual(effects.filter(({ state }) => state !== 'begun').length);
    }),
    { numRuns: 300 },
  );
  // All of it happened, or nothing was shown.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(1);
});
