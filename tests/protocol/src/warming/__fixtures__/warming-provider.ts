import {
  type RecordedRequest,
  type Reply,
  reply,
  type ScriptedModelServer,
  type ScriptedReply,
  say,
  startScriptedModelServer,
  usage,
} from '@dispatch/testkit';

/** A model with a price of its own in the list that ships: $3 input, $0.30 read, $3.75 written, $15 output. */
export const MODEL = 'claude-sonnet-4-5';
export const FULL_MODEL = `anthropic/${MODEL}`;
/** Tokens of the prompt of every turn. */
export const PROMPT = 10_000;
/** What a warm of it costs that finds it in the cache, in millionths of a dollar: 10,000 read and 10 written, rounded up. */
export const WARM_MICROS = Math.ceil(PROMPT * 0.3 + 10 * 3.75);

/** A turn that writes the prompt into the cache. */
export const written: Reply = reply(
  say('Fine.'),
  usage({ inputTokens: PROMPT, outputTokens: 5, cacheReadTokens: 0, cacheWriteTokens: PROMPT }),
);
/** A turn that finds all of it there. */
export const read: Reply = reply(
  say('Fine.'),
  usage({ inputTokens: PROMPT + 100, outputTokens: 5, cacheReadTokens: PROMPT, cacheWriteTokens: 100 }),
);
/** A warm that finds it there, and one that does not. */
export const hit: Reply = reply(
  usage({ inputTokens: PROMPT + 10, outputTokens: 0, cacheReadTokens: PROMPT, cacheWriteTokens: 10 }),
);
export const miss: Reply = reply(
  usage({ inputTokens: PROMPT + 10, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: PROMPT + 10 }),
);

const bodyOf = ({ body }: RecordedRequest) => (body ?? {}) as Readonly<Record<string, unknown>>;

/** Whether a request is a warm: one that asks for no output. */
export const isWarm = (request: RecordedRequest): boolean => bodyOf(request)['max_tokens'] === 0;

/** The text a request is scripted by; the empty one when by none. */
const keyOf = (scripts: ReadonlyMap<string, unknown>, { body }: RecordedRequest): string =>
  [...scripts.keys()].find((text) => text !== '' && JSON.stringify(body).includes(text)) ?? '';

/** A provider whose turns and warms are scripted apart. */
export interface WarmingProvider {
  readonly server: ScriptedModelServer;
  /** Settings for the processes. */
  readonly env: Readonly<Record<string, string>>;
  /** What turns get from now on whose prompt holds this text; of every other conversation unless one is told. */
  turns(answer: Reply, text?: string): void;
  /** What such warms get: these in order, then the last again and again. */
  warms(answers: readonly ScriptedReply[], text?: string): void;
  /** Warms whose prompt holds this text. */
  warmsOf(text: string): readonly RecordedRequest[];
  turnsOf(text: string): readonly RecordedRequest[];
}

export async function startWarmingProvider(): Promise<WarmingProvider> {
  const server = await startScriptedModelServer({ models: [MODEL] });
  const turns = new Map<string, Reply>([['', written]]);
  const warms = new Map<string, readonly ScriptedReply[]>([['', [hit]]]);
  const nextWarm = (request: RecordedRequest): Reply | Promise<Reply> => {
    const key = keyOf(warms, request);
    const [first = hit, ...rest] = warms.get(key) ?? [];
    if (rest.length > 0) warms.set(key, rest);
    return typeof first === 'function' ? first(request) : first;
  };
  server.always(MODEL, (request) =>
    isWarm(request) ? nextWarm(request) : (turns.get(keyOf(turns, request)) ?? written),
  );
  const requests = (text: string) =>
    server.requests.filter(({ body, method }) => method === 'POST' && JSON.stringify(body).includes(text));
  return {
    server,
    env: { ANTHROPIC_API_KEY: 'key-that-must-not-leak', ANTHROPIC_BASE_URL: server.anthropicUrl },
    turns: (answer, text = '') => void turns.set(text, answer),
    warms: (answers, text = '') => void warms.set(text, answers),
    warmsOf: (text) => requests(text).filter(isWarm),
    turnsOf: (text) => requests(text).filter((request) => !isWarm(request)),
  };
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
