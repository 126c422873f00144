import type {
  ModelCalls,
  ProviderFailure,
  WarmCall,
  WarmOutcome,
  WarmRefusal,
} from '@dispatch/extension-api';
import { crashPoint } from '../crash-point.ts';
import type { Clock, ConversationRow, Log, Models, Reads, Tools } from '../ports.ts';
import { DamagedHistoryError } from '../storage/read-history.ts';
import { DamagedRowError } from '../storage/rows.ts';
import { untilAborted } from '../until-aborted.ts';
import { activeLine } from './line.ts';
import { offerTools } from './offer-tools.ts';
import { onLine } from './on-line.ts';
import { promptFromHistory, userMessages } from './prompt.ts';
import { classifyFailure } from './provider-failure.ts';
import { readUsage } from './usage.ts';

/** Stands where the next message will. No provider takes a prompt that ends in its own answer. */
const THROW_AWAY = '.';

export interface WarmCallsParts {
  readonly read: Pick<Reads, 'conversation' | 'history' | 'newestTurn' | 'places'>;
  readonly models: Models;
  readonly tools: Tools;
  readonly clock: Clock;
  readonly log: Log;
  readonly isDraining: () => boolean;
}

/** How long a provider may take. Shorter than a route may take to answer, so that the provider is named and not the route. */
const LIMIT_MS = 45_000;

class TooLate extends Error {}
class ConversationClosed extends Error {}

/** Calls of models outside turns, and their end. */
export interface WarmCalls extends ModelCalls {
  /** The conversation was closed: what is in flight for it is given up. */
  giveUp(conversationId: string): void;
  /** Gives up everything. */
  stop(): void;
}

/** A reason to make no request. */
class Refused extends Error {
  readonly reason: WarmRefusal;

  constructor(reason: WarmRefusal) {
    super(reason);
    this.reason = reason;
  }
}

export function createWarmCalls(parts: WarmCallsParts): WarmCalls {
  const { read, models, clock, log } = parts;
  const inFlight = new Map<string, AbortController>();

  /** The conversation as it is now, if it may be warmed now. */
  async function allowed({ conversationId, closes }: WarmCall): Promise<ConversationRow> {
    if (parts.isDraining()) throw new Refused('draining');
    const row = await read.conversation(conversationId);
    if (row === undefined) throw new Refused('unknown-conversation');
    if (row.damaged) throw new Refused('conversation-damaged');
    if (closes !== undefined && row.closes !== closes) throw new Refused('closed');
    const turn = await read.newestTurn(conversationId);
    if (turn?.state === 'running') throw new Refused('turn-running');
    return row;
  }

  async function request(call: WarmCall, signal: AbortSignal): Promise<WarmOutcome> {
    const { conversationId } = call;
    const row = await allowed(call);
    const name = call.model ?? row.model ?? models.defaultModel;
    const resolved = models.resolve(name);
    if (resolved === undefined) throw new Refused('unknown-model');
    const history = await read.history(conversationId, { sinceSeq: 0 });
    const places = await read.places(conversationId);
    const line = places && new Set(activeLine(places).map(({ turnId }) => turnId));
    const prompt = promptFromHistory(onLine(history, line));
    if (prompt.length === 0) throw new Refused('no-history');
    const tools = await parts.tools.offeredTo({ conversationId, cwd: call.cwd ?? row.cwd });
    // What was read took a while; this is the last look before money is spent.
    await allowed(call);
    if (signal.aborted)
      throw new Refused(signal.reason instanceof ConversationClosed ? 'closed' : 'given-up');
    const startedAt = clock.wall();
    try {
      crashPoint('before-warm-request');
      const asked = resolved.warm({
        prompt: [...prompt, ...userMessages([THROW_AWAY])],
        ...offerTools(tools),
        abortSignal: signal,
      });
      // A provider that does not listen to its signal is not waited for.
      const answer = await untilAborted(asked, signal);
      crashPoint('after-warm-request');
      const usage = readUsage(answer) ?? { inputTokens: 0, outputTokens: 0 };
      return { kind: 'warmed', model: name, usage, startedAt, completedAt: clock.wall() };
    } catch (error) {
      const failure = signal.aborted ? failureOfEnd(signal.reason) : classifyFailure(error, resolved);
      log.warn({ conversationId, model: name, code: failure.code }, 'a prompt cache was not warmed');
      return { kind: 'failed', model: name, failure };
    }
  }

  return {
    async warm(call) {
      const { conversationId } = call;
      if (inFlight.has(conversationId)) return { kind: 'refused', reason: 'warm-running' };
      const attempt = new AbortController();
      inFlight.set(conversationId, attempt);
      const cancel = clock.after(LIMIT_MS, () => attempt.abort(new TooLate()));
      const onAbort = () => attempt.abort(call.signal?.reason);
      if (call.signal?.aborted === true) onAbort();
      else call.signal?.addEventListener('abort', onAbort, { once: true });
      try {
        return await request(call, attempt.signal);
      } catch (error) {
        return refusalOf(error, log, call, models.defaultModel);
      } finally {
        cancel();
        call.signal?.removeEventListener('abort', onAbort);
        if (inFlight.get(conversationId) === attempt) inFlight.delete(conversationId);
      }
    },
    source: (model) => models.resolve(model)?.source,
    async modelOf(conversationId) {
      return (await read.conversation(conversationId))?.model ?? models.defaultModel;
    },
    giveUp(conversationId) {
      inFlight.get(conversationId)?.abort(new ConversationClosed());
    },
    stop() {
      for (const attempt of inFlight.values()) {
        attempt.abort(new Error('the kernel is ending'));
      }
    },
  };
}

/** Why a request that was under way was ended from our side. */
function failureOfEnd(reason: unknown): ProviderFailure {
  if (reason instanceof TooLate) {
    const message = `The model sent nothing for ${LIMIT_MS / 1_000} s.`;
    return { code: 'provider-stalled', message, retryable: true };
  }
  return { code: 'provider-error', message: 'The request was given up.', retryable: true };
}

function refusalOf(error: unknown, log: Log, call: WarmCall, defaultModel: string): WarmOutcome {
  if (error instanceof Refused) return { kind: 'refused', reason: error.reason };
  if (error instanceof DamagedRowError || error instanceof DamagedHistoryError) {
    return { kind: 'refused', reason: 'conversation-damaged' };
  }
  log.error({ err: error, conversationId: call.conversationId }, 'a prompt cache could not be warmed');
  const message = 'Something went wrong here; the log has it.';
  const failure: ProviderFailure = { code: 'provider-error', message, retryable: true };
  return { kind: 'failed', model: call.model ?? defaultModel, failure };
}
