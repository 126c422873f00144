import type { ConversationFacts, Conversations } from '../conversations.ts';
import type { ModelCalls, ModelSource, WarmCall, WarmOutcome } from '../model-calls.ts';

/** Answers one call of `models.warm` that the kernel would have let through. */
export type WarmScript = (call: WarmCall & { readonly model: string }) => WarmOutcome | Promise<WarmOutcome>;

/** The conversations of a test, and the models it may call. */
export class TestModels {
  /** By id. What is not here was never written to. */
  readonly conversations: Map<string, ConversationFacts> = new Map();
  /** What came of `models.warm`, refusals included, in order. */
  readonly warms: { readonly call: WarmCall; readonly sent: boolean; readonly at: number }[] = [];
  /** Who provides a model. The test's to replace; until then the part before the `/` is the provider. */
  source: (model: string) => ModelSource | undefined = (model) => {
    const [provider = '', ...name] = model.split('/');
    return { provider, name: name.join('/') };
  };
  /** The model of conversations that have none. */
  defaultModel = 'demo/default';
  #script: WarmScript = () => ({ kind: 'refused', reason: 'no-history' });
  readonly #warming = new Set<string>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Adds or changes a conversation. */
  put(id: string, facts: Partial<ConversationFacts> = {}): ConversationFacts {
    const fresh = { id, ownerId: 'user', title: null, model: null, cwd: null } as const;
    const rest = { status: 'idle', closes: 0, runningTurnId: null } as const;
    const put = { ...fresh, ...rest, ...this.conversations.get(id), ...facts };
    this.conversations.set(id, put);
    return put;
  }

  /** Says what providers answer from now on. */
  answerWarms(script: WarmScript): void {
    this.#script = script;
  }

  /** The process ended, and with it what it was waiting for. */
  restart(): void {
    this.#warming.clear();
  }

  readonly reads: Conversations = {
    get: async (id) => this.conversations.get(id),
  };

  readonly calls: ModelCalls = {
    warm: async (call) => {
      const refusal = this.#refusal(call);
      this.warms.push({ call, sent: refusal === undefined, at: this.#now() });
      if (refusal !== undefined) return refusal;
      this.#warming.add(call.conversationId);
      try {
        const model = call.model ?? (await this.calls.modelOf(call.conversationId));
        return await this.#script({ ...call, model });
      } finally {
        this.#warming.delete(call.conversationId);
      }
    },
    source: (model) => this.source(model),
    modelOf: async (id) => this.conversations.get(id)?.model ?? this.defaultModel,
  };

  #refusal({ conversationId, closes, model }: WarmCall): WarmOutcome | undefined {
    const facts = this.conversations.get(conversationId);
    const refused = (reason: Extract<WarmOutcome, { kind: 'refused' }>['reason']) =>
      ({ kind: 'refused', reason }) as const;
    if (facts === undefined) return refused('unknown-conversation');
    if (closes !== undefined && closes !== facts.closes) return refused('closed');
    if (facts.runningTurnId !== null) return refused('turn-running');
    if (this.#warming.has(conversationId)) return refused('warm-running');
    if (this.source(model ?? facts.model ?? this.defaultModel) === undefined) return refused('unknown-model');
    return undefined;
  }
}
