import type { Approval } from '@dispatch/collab-contract';
import { approvalFixtures } from '@dispatch/collab-contract/fixtures';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CapturedTerminalSetup, captureTerminal } from '../__fixtures__/captured-terminal.ts';
import { type FakeGateway, startFakeGateway } from '../__fixtures__/fake-gateway.ts';
import { runCli } from '../program.ts';

const of = (id: string, more: Partial<Approval> = {}): Approval => ({
  ...approvalFixtures.pending,
  id,
  conversationId: 'cnv_A',
  ...more,
});

let gateway: FakeGateway;
beforeEach(async () => {
  gateway = await startFakeGateway();
  waiting(of('apr_ab1'), of('apr_ab2', { summary: 'ls  -l\u202e' }));
  const summary = { id: 'cnv_A', title: null, status: 'idle' };
  gateway.routes['GET /conversations'] = () => [200, { conversations: [summary], nextCursor: null }];
  const grant = {
    id: 'apg_1',
    conversationId: 'cnv_A',
    tool: 'run-command',
    pattern: 'ls …',
    grantedBy: 'usr_owner',
    grantedAt: 0,
  };
  gateway.routes['GET /conversations/cnv_A/grants'] = () => [
    200,
    { conversationId: 'cnv_A', grants: [grant] },
  ];
});
afterEach(() => gateway.close());

function waiting(...approvals: readonly Approval[]): void {
  gateway.routes['GET /approvals'] = () => [200, { approvals, epoch: 'e', userSeq: 0 }];
}

function answers(approval: Approval, applied = true): void {
  gateway.routes[`POST /approvals/${approval.id}`] = () => [200, { approval, applied }];
}

async function run(args: readonly string[], setup: CapturedTerminalSetup = {}) {
  const terminal = captureTerminal({ ...setup, env: { DISPATCH_URL: gateway.url, NO_COLOR: '1' } });
  const code = await runCli(['approvals', ...args], terminal);
  return { code, out: terminal.out(), err: terminal.err() };
}

describe('dispatch approvals', () => {
  it('ST3: lists what waits, whole and with what cannot be seen written out', async () => {
    const { code, out } = await run([]);
    expect(code).toBe(0);
    const rows = out
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t'));
    expect(rows.map((row) => row.slice(0, 5))).toEqual([
      ['apr_ab1', 'cnv_A', '2026-11-21T08:45:00.000Z', 'write-file', 'Write 4 bytes to notes.md'],
      ['apr_ab2', 'cnv_A', '2026-11-21T08:45:00.000Z', 'write-file', 'ls  -l\\u{202e}'],
    ]);
    const shown = await run([], { tty: true });
    expect(shown.out).toMatch(
      /^apr_ab1 {2}write-file in cnv_A\n {2}Write 4 bytes to notes\.md .*· until \d\d:\d\d:\d\d\n/,
    );
    expect(shown.err).toContain('dispatch approvals allow apr_ab1');
    expect(JSON.parse((await run(['--json'])).out)).toMatchObject([{ id: 'apr_ab1' }, { id: 'apr_ab2' }]);
  });

  it('says that nothing waits', async () => {
    waiting();
    expect(await run([])).toEqual({ code: 0, out: '', err: 'Nothing waits for an answer.\n' });
    expect((await run(['--json'])).out).toBe('[]\n');
  });

  it.each([
    [['allow', 'apr_ab1'], '{"decision":"allow"}'],
    [['allow', 'apr_ab1', '--always'], '{"decision":"allow","scope":"conversation"}'],
    [['deny', 'apr_ab1'], '{"decision":"deny"}'],
  ])('ST3: %j sends %s', async (args, body) => {
    answers(of('apr_ab1', { state: 'allowed', scope: args.includes('--always') ? 'conversation' : 'once' }));
    const { code, out } = await run(args);
    expect(code).toBe(0);
    expect(out).toMatch(/^Write 4 bytes to notes\.md.*: (allowed|denied)\.\n$/);
    expect(gateway.requests.at(-1)).toEqual({ line: 'POST /approvals/apr_ab1', body });
  });

  it('says what a lasting answer covers, and when it could not be one', async () => {
    answers(of('apr_ab1', { state: 'allowed', scope: 'conversation' }));
    expect((await run(['allow', 'apr_ab1', '--always'])).err).toContain('write-file notes.md');
    answers(of('apr_ab1', { state: 'allowed', scope: 'once', pattern: null }));
    expect((await run(['allow', 'apr_ab1', '--always'])).err).toContain('Only this once');
  });

  it('exits 6 when somebody was first or nobody answered in time, and says which', async () => {
    answers(of('apr_ab1', { state: 'denied', answeredBy: 'usr_ada', answeredAt: 0 }), false);
    const late = await run(['allow', 'apr_ab1']);
    expect(late).toMatchObject({ code: 6, out: '' });
    expect(late.err).toMatch(/denied by usr_ada at \d\d:\d\d:\d\d/);
    answers(of('apr_gone', { state: 'expired', answeredAt: 0 }), false);
    const expired = await run(['allow', 'apr_gone', '--json']);
    expect(expired.code).toBe(6);
    expect(JSON.parse(expired.out)).toMatchObject({ applied: false, approval: { state: 'expired' } });
    expect(JSON.parse(expired.err)).toMatchObject({ code: 'answered-before' });
  });

  it('exits 5 when nothing or more than one thing has the id', async () => {
    const several = await run(['allow', 'apr_ab']);
    expect(several.code).toBe(5);
    expect(several.err).toContain('apr_ab1  Write 4 bytes to notes.md');
    expect(several.err).toContain('apr_ab2  ls  -l\\u{202e}');
    const none = await run(['deny', 'apr_z']);
    expect(none.code).toBe(5);
    expect(none.err).toContain('Nothing that waits for you begins with apr_z.');
    expect((await run(['allow', ''])).code).toBe(2);
    expect((await run(['alow'])).code).toBe(2);
  });

  it('ST3: lists what is allowed without asking, and takes it back', async () => {
    const { out } = await run(['grants', 'cnv']);
    expect(out).toMatch(/^apg_1\trun-command\tls …\tusr_owner\t1970-01-01T00:00:00\.000Z\t/);
    expect((await run(['grants', 'cnv_A'], { tty: true })).out).toMatch(
      /^apg_1 {2}run-command ls ….* · by usr_owner/,
    );
    gateway.routes['DELETE /conversations/cnv_A/grants/apg_1'] = () => [200, { revoked: true }];
    expect(await run(['revoke', 'cnv_A', 'apg'])).toMatchObject({
      code: 0,
      out: 'run-command ls … asks again.\n',
    });
    const unknown = await run(['revoke', 'cnv_A', 'apg_2']);
    expect(unknown.code).toBe(5);
    expect(unknown.err).toContain('dispatch approvals grants cnv_A');
  });
});
