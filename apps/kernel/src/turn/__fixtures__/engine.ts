import type { Tool } from '@dispatch/extension-api';
import type { TurnReplacedMessage } from '@dispatch/transport-contract';
import type { AgentEvent } from '@dispatch/wire';
import { type Approvals, createApprovals } from '../../approval/approvals.ts';
import { systemIds } from '../../ids.ts';
import type { Log, Models, ResolvedModel, StartTurnRequest, Tools, Turns } from '../../ports.ts';
import { createMessageQueue, type MessageQueue } from '../../queue/message-queue.ts';
import type { TurnLimitSettings } from '../ceilings.ts';
import { createTurns } from '../turns.ts';
import { createMemoryStore, type MemoryStore } from './memory-store.ts';
import { classifyScripted, type Script, type ScriptedModel, scriptedModel } from './scripted-model.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

export interface PublishedEvent {
  readonly conversationId: string;
  readonly n: number;
  readonly event: AgentEvent;
}

/** A kernel's turn engine with nothing around it. */
export interface Engine {
  readonly turns: Turns;
  readonly queue: MessageQueue;
  readonly approvals: Approvals;
  readonly store: MemoryStore;
  readonly clock: VirtualClock;
  readonly model: ScriptedModel;
  /** Everything published, in order. */
  readonly published: readonly PublishedEvent[];
  /** What watchers were told of versions, in order. */
  readonly replaced: readonly TurnReplacedMessage[];
  /** Called with each publication. */
  onPublish: (published: PublishedEvent) => void;
  /** What the log was told, by message. */
  readonly logged: readonly string[];
  /** The fields of each warning. */
  readonly warned: readonly object[];
  /** Conversations whose queue may have changed, in order. */
  readonly queueChanges: readonly string[];
  /** Starts a turn in conversation `c1` and gives its id. */
  begin(request?: Partial<StartTurnRequest>): Promise<string>;
  /** Resolves when no turn runs. */
  idle(): Promise<void>;
  /** Lets everything go on that can go on at once. */
  breath(): Promise<void>;
  /** Resolves when no turn runs, and none that waits is about to. */
  still(): Promise<void>;
  /** Starts a turn and waits until it is sealed. */
  send(request?: Partial<StartTurnRequest>): Promise<readonly AgentEvent[]>;
}

export interface EngineSettings {
  readonly scripts?: readonly Script[];
  /** Further models by full name. `fake/one` is the default model and plays `scripts`. */
  readonly models?: Readonly<Record<string, ScriptedModel>>;
  readonly fallbackModels?: readonly string[];
  readonly tools?: readonly Tool[];
  readonly limits?: TurnLimitSettings;
  readonly store?: MemoryStore;
  readonly clock?: VirtualClock;
}

export const SAY_HELLO: Script = [
  { text: 'Hello' },
  { text: ' there' },
  { usage: [10, 2] },
  { finish: 'stop' },
];

/** More than anything needs that follows a seal at once. */
const BREATHS = 20;

export function createEngine(settings: EngineSettings = {}): Engine {
  const { store = createMemoryStore(), clock = createVirtualClock({ auto: true }), tools = [] } = settings;
  const model = scriptedModel(clock, ...(settings.scripts ?? [SAY_HELLO]));
  const published: PublishedEvent[] = [];
  const replaced: TurnReplacedMessage[] = [];
  const logged: string[] = [];
  const warned: object[] = [];
  const queueChanges: string[] = [];
  const log = recordingLog(logged, warned);
  const approvals = createApprovals({ store, clock, ids: systemIds, log });
  const turns = createTurns({
    store,
    gate: approvals,
    models: fakeModels({ 'fake/one': model, ...settings.models }, settings.fallbackModels ?? []),
    tools: fakeTools(tools),
    publisher: {
      publish(conversationId, frame) {
        if (frame.type === 'turn-replaced') replaced.push(frame);
        if (frame.type !== 'chat.delta') return;
        const one = { conversationId, n: frame.n ?? -1, event: structuredClone(frame.event) };
        published.push(one);
        engine.onPublish(one);
      },
    },
    clock,
    ids: systemIds,
    log,
    onStarted: () => {},
    onQueueChanged: (conversationId) => queueChanges.push(conversationId),
    limits: settings.limits ?? {},
  });

  const onChanged = (conversationId: string) => void queueChanges.push(conversationId);
  const queue = createMessageQueue({ store, turns, clock, ids: systemIds, onChanged });

  const engine: Engine = {
    turns,
    queue,
    approvals,
    store,
    clock,
    model,
    published,
    replaced,
    logged,
    warned,
    queueChanges,
    onPublish: () => {},
    async begin(request) {
      const outcome = await turns.start({
        userId: 'usr_owner',
        conversationId: 'c1',
        message: 'Hi',
        ...request,
      });
      if (outcome.kind !== 'started') throw new Error(`the turn is ${outcome.kind}`);
      return outcome.turnId;
    },
    async idle() {
      while (turns.runningCount > 0) await new Promise((resolve) => setImmediate(resolve));
    },
    breath: () => new Promise((resolve) => setImmediate(resolve)),
    async still() {
      for (let quiet = 0; quiet < BREATHS; quiet += 1) {
        if (turns.runningCount > 0) quiet = 0;
        await engine.breath();
      }
    },
    async send(request) {
      const turnId = await engine.begin(request);
      await engine.idle();
      return store.events(turnId);
    },
  };
  return engine;
}

export function fakeModels(
  models: Readonly<Record<string, ScriptedModel>>,
  fallbackModels: readonly string[] = [],
): Models {
  return {
    defaultModel: 'fake/one',
    fallbackModels,
    resolve: (name) => {
      const model = models[name];
      return model === undefined ? undefined : fakeResolved(name, model);
    },
    list: async () => ({ models: Object.keys(models), unavailable: [] }),
  };
}

function fakeResolved(name: string, model: ScriptedModel): ResolvedModel {
  return {
    name,
    model,
    source: { provider: 'fake', name },
    async warm(options) {
      const { stream } = await model.doStream({ ...options, maxOutputTokens: 0 });
      for await (const part of stream) {
        if (part.type === 'error') throw part.error;
        if (part.type === 'finish') return part.usage;
      }
      throw new Error('the scripted answer has no end');
    },
    classify: classifyScripted,
  };
}

export function fakeTools(all: readonly Tool[]): Tools {
  const tools: Tools = {
    all,
    byName: (name) => all.find((tool) => tool.name === name),
    offeredTo: async () => tools,
  };
  return tools;
}

export function recordingLog(logged: string[], warned: object[] = []): Log {
  const record = (_: object, message: string) => {
    logged.push(message);
  };
  const warn: Log['warn'] = (fields, message) => {
    warned.push(fields);
    record(fields, message);
  };
  return { info: record, warn, error: record };
}

/** The types of the events, for comparing orders; adjacent deltas count once. */
export function typesOf(events: readonly AgentEvent[]): readonly string[] {
  const types = events.map(({ type }) => type);
  return types.filter((type, index) => !type.endsWith('-delta') || types[index - 1] !== type);
}

/** What a watcher reads. */
export function textOf(events: readonly AgentEvent[]): string {
  return events.map((event) => (event.type === 'text-delta' ? event.delta : '')).join('');
}
