import { fieldsOf, type RawAnswer } from '../../raw-http.ts';
import { errorBodyFault } from '../error-shape.ts';
import { experiment, type Judgement } from '../experiment.ts';
import { told } from '../told.ts';

/** A name no credential has, so that nothing is spent should one of these requests be taken. */
const NOBODYS_MODEL = 'probe/none';

interface Seen {
  readonly refused: Readonly<Record<string, RawAnswer>>;
  readonly unused: Readonly<Record<string, RawAnswer>>;
  readonly emptySince: RawAnswer;
}

/** Requests over HTTP that cannot be carried out, and conversations nobody has used. */
export const badInput = experiment<Seen>({
  name: 'bad-input',
  needsModel: false,
  observe: async (session) => {
    const [id, nobodys] = [session.conversation(), session.conversation()];
    const chat = (body: unknown) =>
      session.ask('POST', '/chat', { body: typeof body === 'string' ? body : JSON.stringify(body) });
    const asked = {
      blank: chat({ conversationId: id, message: ' \n ', model: NOBODYS_MODEL }),
      missing: chat({ conversationId: id, model: NOBODYS_MODEL }),
      model: chat({ conversationId: id, message: 'probe', model: 5 }),
      cwd: chat({ conversationId: id, message: 'probe', model: NOBODYS_MODEL, cwd: {} }),
      json: chat('{"message":'),
      array: chat('[]'),
      negative: session.ask('GET', `/conversations/${id}?sinceSeq=-1`),
      fraction: session.ask('GET', `/conversations/${id}?sinceSeq=1.5`),
      word: session.ask('GET', `/conversations/${id}?sinceSeq=first`),
      route: session.ask('GET', '/nowhere'),
      method: session.ask('DELETE', '/models'),
      period: session.ask('GET', '/metrics/throughput?period=day&date=2026-02-30'),
    };
    const unused = {
      history: session.ask('GET', `/conversations/${nobodys}`),
      metrics: session.ask('GET', `/conversations/${nobodys}/metrics`),
      cwd: session.ask('GET', `/conversations/${nobodys}/cwd`),
      status: session.ask('GET', `/conversations/${nobodys}/status`),
    };
    const emptySince = session.ask('GET', `/conversations/${nobodys}?sinceSeq=`);
    return { refused: await all(asked), unused: await all(unused), emptySince: await emptySince };
  },
  rows: [
    {
      id: 'A.3-2',
      says: 'POST /chat refuses a message that is missing or blank, with 400.',
      judge: ({ refused }) => expectStatus(refused, 400, ['blank', 'missing']),
    },
    {
      id: 'A.3-5',
      says: 'POST /chat refuses a model that is no string, with 400.',
      judge: ({ refused }) => expectStatus(refused, 400, ['model']),
    },
    {
      id: 'A.3-9',
      says: 'POST /chat refuses a working directory that is no string, with 400.',
      judge: ({ refused }) => expectStatus(refused, 400, ['cwd']),
    },
    {
      id: 'A.3-20',
      says: 'POST /chat refuses a body that is no JSON object, with 400.',
      judge: ({ refused }) => expectStatus(refused, 400, ['json', 'array']),
    },
    {
      id: 'A.4-7',
      says: 'GET /conversations/:id refuses a sinceSeq that is no whole number from 0, with 400.',
      judge: ({ refused }) => expectStatus(refused, 400, ['negative', 'fraction', 'word']),
    },
    {
      id: 'A.4-9',
      says: 'An empty sinceSeq counts as 0.',
      judge: ({ emptySince }) =>
        emptySince.status === 200 && fieldsOf(emptySince.json)?.['latestSeq'] === 0
          ? undefined
          : told(emptySince),
    },
    {
      id: 'A.4-8',
      says: 'A conversation nobody has used reads as empty and is never a 404: history, metrics, cwd and status.',
      judge: ({ unused }) => {
        const { chunks, latestSeq } = fieldsOf(unused['history']?.json) ?? {};
        const isEmpty = Array.isArray(chunks) && chunks.length === 0 && latestSeq === 0;
        return (
          expectStatus(unused, 200, Object.keys(unused)) ?? (isEmpty ? undefined : detail(unused, 'history'))
        );
      },
    },
    {
      id: 'unknown-route',
      says: 'A path that does not exist is 404, a method it does not take 405, an impossible date 400.',
      judge: ({ refused }) =>
        expectStatus(refused, 404, ['route']) ??
        expectStatus(refused, 405, ['method']) ??
        expectStatus(refused, 400, ['period']),
    },
    {
      id: 'error-shape',
      says: 'Every refusal is JSON with error, code, retryable and requestId.',
      judge: ({ refused }) => {
        // One that was taken instead has a row of its own.
        for (const answer of Object.values(refused).filter(({ status }) => status >= 400)) {
          const fault = errorBodyFault(answer.json);
          if (fault !== undefined) return `${answer.status}: ${fault}`;
        }
        return undefined;
      },
    },
  ],
});

async function all(
  asked: Readonly<Record<string, Promise<RawAnswer>>>,
): Promise<Readonly<Record<string, RawAnswer>>> {
  const answers = Object.entries(asked).map(async ([name, answer]) => [name, await answer] as const);
  return Object.fromEntries(await Promise.all(answers));
}

function expectStatus(
  answers: Readonly<Record<string, RawAnswer>>,
  status: number,
  names: readonly string[],
): Judgement {
  const other = names.find((name) => answers[name]?.status !== status);
  return other === undefined ? undefined : detail(answers, other);
}

const detail = (answers: Readonly<Record<string, RawAnswer>>, name: string): string => {
  const answer = answers[name];
  return answer === undefined ? `${name}: no answer` : `${name}: ${told(answer)}`;
};
