import {
  type RecordedRequest,
  reply,
  type ScriptedModelServer,
  say,
  silence,
  usage,
} from '@dispatch/testkit';
import type { Random } from '../random.ts';
import type { SeenRequest } from './record.ts';

const EVERY_MS = 60;
const WORDS = 'one two three four five six seven';

/** What the kernel appends to a prompt it only warms. */
const THROW_AWAY = '.';

/** Scripts the models and writes down every request, by conversation: the first message names it. */
export interface ProviderRecord {
  readonly requests: readonly SeenRequest[];
  /** Resolves with the next warm of one of these conversations that arrives. It is not answered. */
  holdWarm(conversationIds: readonly string[]): Promise<SeenRequest>;
}

export function recordProvider(server: ScriptedModelServer, random: Random): ProviderRecord {
  const requests: { -readonly [Key in keyof SeenRequest]: SeenRequest[Key] }[] = [];
  let hold: { readonly of: readonly string[]; tell(warm: SeenRequest): void } | undefined;
  server.always('*', async (request) => {
    const at = performance.now();
    const said = textsOf(request);
    const kind = said.at(-1) === THROW_AWAY ? 'warm' : 'turn';
    const endedAt = Number.POSITIVE_INFINITY;
    const conversationId = said[0]?.replace(/^I am /, '') ?? '';
    const seen = { conversationId, kind, model: request.model, at, endedAt, isLost: false } as SeenRequest;
    const mine = { ...seen };
    requests.push(mine);
    void request.ended.then((end) => {
      mine.endedAt = performance.now();
      mine.isLost = end === 'by-peer';
    });
    const small = usage({ inputTokens: 200, outputTokens: 7 });
    if (kind === 'turn') return reply(say(WORDS, { words: true, everyMs: EVERY_MS }), small);
    if (hold?.of.includes(conversationId) === true) {
      hold.tell(mine);
      hold = undefined;
      return silence();
    }
    await new Promise((resolve) => setTimeout(resolve, random.integer(40, 400)));
    return reply(say('.'), small);
  });
  return {
    requests,
    holdWarm: (of) =>
      new Promise((tell) => {
        hold = { of, tell };
      }),
  };
}

/** What people said, as far as the request tells. */
function textsOf({ body }: RecordedRequest): readonly string[] {
  const { messages = [] } = body as { readonly messages?: readonly { role: string; content: unknown }[] };
  return messages.flatMap(({ role, content }) => {
    if (role !== 'user') return [];
    if (typeof content === 'string') return [content];
    return [(content as readonly { readonly text?: string }[]).map(({ text }) => text ?? '').join('')];
  });
}
