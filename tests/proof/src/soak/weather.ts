import {
  callTool,
  endHere,
  fail,
  failInBand,
  malformedEvent,
  type RecordedRequest,
  refuse,
  reply,
  resetHere,
  type ScriptedReply,
  say,
  stallHere,
  think,
} from '@dispatch/testkit';
import type { Attack } from '../harness.ts';
import { shuffled } from './shuffled.ts';

type Reply = Exclude<ScriptedReply, (...args: never) => unknown>;

/** What the model provider does, from one request to the next. */
export interface Weather {
  /** Answers requests for any model. */
  readonly answer: (request: RecordedRequest) => Reply;
  /** True: every connection breaks before an answer. */
  outage: boolean;
}

/** A way to answer; the text is what a good answer would say. */
type Answer = (text: string) => Reply;

const faults: Readonly<Record<string, Answer>> = {
  '429': () => fail(429, { retryAfter: 0 }),
  overloads: () => reply(failInBand(529)),
  'overloads in mid-text': (text) => reply(say(text), failInBand(529)),
  truncations: (text) => reply(say(text), endHere()),
  'broken connections': (text) => reply(say(text), resetHere()),
  stalls: (text) => reply(say(text), stallHere()),
  'malformed events': (text) => reply(say(text), malformedEvent(), say(text)),
  'tool calls': () => reply(say('Let me look. '), callTool('current-time', {})),
};
const answers: readonly Answer[] = [
  (text) => reply(say(text)),
  (text) => reply(say(text, { words: true })),
  (text) => reply(say(text, { words: true, everyMs: 4 })),
  (text) => reply(say(text, { words: true, everyMs: 10 })),
  (text) => reply(think('Well, now. '), say(text, { words: true, everyMs: 2 })),
];

/** What goes wrong, as figures. */
export const faultFigures: readonly string[] = Object.keys(faults);

export function createWeather({ random, count }: Attack): Weather {
  let deck: (readonly [string, Answer])[] = [];
  /** Each fault comes once, and each good answer twice, before any comes again. */
  const next = (): Reply => {
    if (deck.length === 0) {
      const good = [...answers, ...answers].map((answer) => ['good answers', answer] as const);
      deck = shuffled(random, [...Object.entries(faults), ...good]);
    }
    const [name, answer] = deck.pop() as (typeof deck)[number];
    count(name);
    return answer('Some words of an answer. '.repeat(random.integer(1, 12)));
  };
  const weather: Weather = {
    outage: false,
    answer: (request) => {
      if (weather.outage) return refuse();
      if (request.model === 'stalling') return reply(say('And then '), stallHere());
      return answersTool(request) ? reply(say('So that is the time.')) : next();
    },
  };
  return weather;
}

function answersTool({ body }: RecordedRequest): boolean {
  const { messages = [] } = (body ?? {}) as { readonly messages?: readonly unknown[] };
  const last = JSON.stringify(messages.at(-1) ?? null);
  return last.includes('"role":"tool"') || last.includes('tool_result');
}
