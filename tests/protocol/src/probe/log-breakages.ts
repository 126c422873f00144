import { type Breakage, bodies, type Fields, HISTORY, json, refused, statusOf } from './breakage.ts';

type Row = Readonly<Record<string, unknown>> & { readonly chunk: Fields };

const rowsOf = (body: Fields): readonly Row[] =>
  Array.isArray(body['chunks']) ? (body['chunks'] as Row[]) : [];

/** Rows of the log are changed, whoever reads them. */
const rows = (change: (rows: readonly Row[]) => readonly object[]): Breakage['how'] => {
  return () => ({ answer: bodies(HISTORY, (body) => ({ ...body, chunks: change(rowsOf(body)) })) });
};

const text = (row: Row, change: (text: string) => string): Row =>
  row.chunk['type'] === 'text'
    ? { ...row, chunk: { ...row.chunk, text: change(String(row.chunk['text'])) } }
    : row;

/** What can go wrong with what is stored and read back. */
export const logBreakages: readonly Breakage[] = [
  {
    name: 'renumbers seq',
    breaks: ['A.4-1', 'A.4-3', 'C.5-1'],
    how: rows((all) => all.map((row) => ({ ...row, seq: Number(row['seq']) + 1 }))),
  },
  {
    name: 'always says that the log is empty',
    breaks: ['A.4-3', 'A.4-4'],
    how: () => ({ answer: bodies(HISTORY, (body) => ({ ...body, latestSeq: 0 })) }),
  },
  {
    name: 'ignores sinceSeq',
    breaks: ['A.4-1', 'A.4-4', 'A.4-5'],
    how: () => ({
      request: (request) => ({ ...request, path: request.path.replace(/\?sinceSeq=\d+$/, '') }),
    }),
  },
  {
    name: 'refuses a sinceSeq at the head',
    breaks: ['A.4-4', 'A.4-5'],
    how: () => ({
      answer: (answer, request) =>
        /sinceSeq=\d{1,10}$/.test(request.path) && answer.body.startsWith('{"chunks":[]')
          ? refused(416, 'invalid-request')
          : answer,
    }),
  },
  {
    name: 'shows a running turn in the log',
    breaks: ['A.4-6', 'C.5-2'],
    how: (gateway) => ({
      answer: bodies(HISTORY, async (body, { path }) => {
        const { status } = await statusOf(gateway, path.split(/[/?]/)[2]);
        if (status !== 'active') return undefined;
        const row = { seq: 1, role: 'user', chunk: { type: 'text', text: 'early' } };
        return { ...body, chunks: [row], latestSeq: 1 };
      }),
    }),
  },
  {
    name: 'changes what is stored',
    breaks: ['C.5-3'],
    how: rows((all) =>
      all.map((row, at) => (at === 0 && all.length > 2 ? text(row, (was) => `${was}!`) : row)),
    ),
  },
  {
    name: 'stores less than it streamed',
    breaks: ['C.3-10', 'T5-2', 'stored-as-streamed'],
    how: rows((all) =>
      all.map((row) => (row['role'] === 'assistant' ? text(row, (was) => was.slice(0, -1)) : row)),
    ),
  },
  {
    name: 'stores another message than was sent',
    breaks: ['C.3-9', 'D1'],
    how: rows((all) => all.map((row) => (row['role'] === 'user' ? text(row, (was) => `${was}.`) : row))),
  },
  {
    name: 'stores no errors',
    breaks: ['C.3-9'],
    how: rows((all) => all.filter(({ chunk }) => chunk['type'] !== 'error')),
  },
  {
    name: 'stores an answer nobody gave',
    breaks: ['C.3-11'],
    how: rows((all) =>
      all.length === 1 ? [...all, { seq: 2, role: 'assistant', chunk: { type: 'text', text: '' } }] : all,
    ),
  },
  {
    name: 'is late with the figures',
    breaks: ['A.5-1', 'C.3-7'],
    how: () => ({
      answer: bodies(/\/metrics$/, (body) => ({
        turns: (body['turns'] as unknown[] | undefined)?.slice(0, -1),
      })),
    }),
  },
  {
    name: 'closes nothing',
    breaks: ['T5-1'],
    how: () => ({ answer: bodies(/\/close$/, (body) => ({ ...body, abortedTurn: false })) }),
  },
  {
    name: 'closes once',
    breaks: ['C1-1', 'T5-3'],
    how: () => ({
      answer: bodies(/\/close$/, (body, _request, answer) =>
        body['abortedTurn'] === false && answer.status === 200 ? { ...body, abortedTurn: true } : undefined,
      ),
    }),
  },
  {
    name: 'stops whatever runs',
    breaks: ['stop-2'],
    how: () => ({
      request: (request) => (request.path.endsWith('/stop') ? { ...request, body: '' } : request),
    }),
  },
  {
    name: 'fails to stop what does not run',
    breaks: ['stop-3'],
    how: () => ({
      answer: (answer, request) =>
        request.path.endsWith('/stop') && request.body === '' && answer.body.includes('"stopped":false')
          ? json(404, { error: 'Nothing runs.', code: 'not-found', retryable: false, requestId: 'req_1' })
          : answer,
    }),
  },
];
