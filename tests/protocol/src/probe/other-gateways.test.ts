import { reply, say, startScriptedModelServer, usage } from '@dispatch/testkit';
import {
  type DispatchProcesses,
  eventually,
  type Meddling,
  startDispatch,
  startMeddlingProxy,
} from '@dispatch/tests-processes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captureTerminal } from '../../../../apps/cli/src/__fixtures__/captured-terminal.ts';
import { runCli as runProgram } from '../../../../apps/cli/src/program.ts';
import { type Fields, frames, sent } from './breakage.ts';

let dispatch: DispatchProcesses;
beforeAll(async () => {
  dispatch = await startDispatch();
});
afterAll(() => dispatch.stop());

async function probe(meddling: Meddling, ...args: readonly string[]) {
  const proxy = await startMeddlingProxy(dispatch.httpUrl, meddling);
  const terminal = captureTerminal();
  const code = await runProgram(['probe', proxy.url, '--patience', '5', ...args], terminal);
  await proxy.close();
  return { code, out: terminal.out(), err: terminal.err() };
}

/** Ids by outcome, from the records of `--json`. */
function outcomesIn(out: string): Readonly<Record<string, readonly string[]>> {
  const rows = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Fields);
  return Object.fromEntries(
    ['pass', 'fail', 'not-applicable'].map((outcome) => [
      outcome,
      rows.flatMap((row) => (row['outcome'] === outcome ? [String(row['id'])] : [])).sort(),
    ]),
  );
}

describe('dispatch probe against a gateway with surfaces', () => {
  const only = ['--only', 'B.3', '--json'];
  const catalog = [
    { id: 'everywhere', region: 'side', title: 'Everywhere', scope: 'global' },
    { id: 'here', region: 'side', title: 'Here', scope: 'conversation' },
    { id: 'older', region: 'side', title: 'Older' },
  ];
  const withSurfaces = (answer: (frame: Fields) => Fields | undefined): Meddling => ({
    toClient: frames('catalog', () => [{ type: 'catalog', catalog }]),
    toServer: sent('subscribe', (frame, socket) => {
      if (!catalog.some(({ id }) => id === frame['surfaceId'])) return [frame];
      const said = answer(frame);
      if (said !== undefined) socket.sendToClient(said);
      return [];
    }),
  });
  const surface = ({ surfaceId, conversationId }: Fields): Fields => ({
    type: 'surface',
    spec: { id: surfaceId, region: 'side', title: 'A surface', fields: [] },
    ...(surfaceId === 'everywhere' ? {} : { conversationId }),
  });

  it('finds them in order', async () => {
    const { code, out } = await probe(withSurfaces(surface), ...only);
    const { pass, fail } = outcomesIn(out);
    expect({ code, fail }).toEqual({ code: 0, fail: [] });
    expect(pass).toEqual(expect.arrayContaining(['B.3-1', 'B.3-3', 'B.3-4']));
  });

  it.each<[string, (frame: Fields) => Fields | undefined, string]>([
    ['answers nothing', () => undefined, 'B.3-3'],
    ['names no conversation', ({ surfaceId }) => surface({ surfaceId }), 'B.3-4'],
    [
      'names one for a global surface',
      (frame) => ({ ...surface(frame), conversationId: frame['conversationId'] }),
      'B.3-4',
    ],
  ])('that %s: turns its own promise red', async (_, answer, id) => {
    const { code, out } = await probe(withSurfaces(answer), ...only);
    expect({ code, fail: outcomesIn(out)['fail'] }).toEqual({ code: 3, fail: [id] });
  });
});

describe('dispatch probe with a model of its own', () => {
  it('says what it could not try because the model is too quick, and finds nothing broken', async () => {
    const server = await startScriptedModelServer({ models: ['quick'] });
    server.always('*', reply(say('All of it at once.'), usage({ inputTokens: 9, outputTokens: 5 })));
    const other = await startDispatch({ env: { OPENAI_BASE_URL: server.openaiUrl } });
    const terminal = captureTerminal();
    const code = await runProgram(['probe', other.httpUrl, '--json', '--model', 'openai/quick'], terminal);
    const { requests } = server;
    await other.stop();
    await server.close();
    const outcomes = outcomesIn(terminal.out());
    expect({ code, fail: outcomes['fail'] }).toEqual({ code: 0, fail: [] });
    expect(outcomes['not-applicable']).toEqual(
      expect.arrayContaining(['R9', 'B.4-4a', 'T5-1', 'stop-1', 'T7-1']),
    );
    expect(outcomes['pass']).toEqual(expect.arrayContaining(['T1-1', 'D1', 'D5-1', 'C.3-7', 'A.4-1']));
    // What --help says of the cost.
    expect(requests.filter(({ path }) => path.endsWith('/completions')).length).toBeLessThan(40);
  });
});

describe('dispatch probe', () => {
  it('prints a line a promise, with what was seen, and how many there were', async () => {
    const broken = { toClient: frames('pong', () => []) };
    const { code, out, err } = await probe(broken, '--only', 'pong,hello-first,B.3-2');
    expect(code).toBe(3);
    expect(out).toMatch(/^✓ hello-first {2,}The first frame of a socket is hello\.$/m);
    expect(out).toMatch(/^✗ pong {2,}A ping .*\n {2,}seen: no pong came$/m);
    expect(out).toMatch(/^– B\.3-2 {2,}catalog is sent.*\n {2,}not applicable: a client cannot/m);
    expect(out.trim().split('\n').at(-1)).toBe('1 kept, 1 broken, 1 not applicable.');
    expect(err).toMatch(/^Probing http/);
  });

  it('on Ctrl-C closes what it opened, says so, and exits 130', async () => {
    const terminal = captureTerminal();
    const running = runProgram(['probe', dispatch.httpUrl, '--json', '--only', 'T7-1'], terminal);
    const conversations = async () => {
      const answer = await fetch(`${dispatch.httpUrl}/conversations?q=probe_&status=active`);
      return ((await answer.json()) as { conversations: readonly Fields[] }).conversations;
    };
    while ((await conversations()).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    terminal.signal('SIGINT');
    expect(await running).toBe(130);
    expect(JSON.parse(terminal.out().trim())).toMatchObject({
      type: 'end',
      status: 'interrupted',
      passed: 0,
    });
    // Closing answers before the turn is sealed.
    await eventually('no turn to run', async () => (await conversations()).length === 0);
  });

  it('leaves its conversations open when it is told to', async () => {
    const terminal = captureTerminal();
    expect(
      await runProgram(['probe', dispatch.httpUrl, '--only', 'A.3-8', '--keep', '--json'], terminal),
    ).toBe(0);
    const answer = await fetch(`${dispatch.httpUrl}/conversations?q=probe_&status=idle`);
    expect(((await answer.json()) as { conversations: readonly Fields[] }).conversations).toHaveLength(1);
  });
});
