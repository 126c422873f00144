import type { LanguageModelV3, LanguageModelV3StreamPart } from '@ai-sdk/provider';
import type { Approval } from '@dispatch/collab-contract';
import type { Extension } from '@dispatch/extension-api';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { followUser } from './__fixtures__/follow-user.ts';
import { ask, openLink } from './__fixtures__/kernel-client.ts';
import { silentLog, startTestKernel, temporaryDataDir } from './__fixtures__/test-kernel.ts';
import { type AskingTool, askingTool } from './approval/__fixtures__/asking-tool.ts';
import type { Kernel } from './kernel.ts';
import { tamper } from './storage/__fixtures__/tamper.ts';

let dataDir: string;
let kernel: Kernel;
let tool: AskingTool;
let warned: object[];

const start = async () => {
  const log = {
    ...silentLog,
    warn: (fields: object, message: string) => void warned.push({ ...fields, message }),
  };
  kernel = await startTestKernel(dataDir, {}, { extensions: [actingExtension(tool)], log });
};
beforeEach(async () => {
  dataDir = temporaryDataDir();
  tool = askingTool();
  warned = [];
  await start();
});
afterEach(() => kernel.stop(0));

/** A provider whose one model calls `write` for each line of the newest message, and then says what came of it. */
function actingExtension(offered: AskingTool): Extension {
  return {
    manifest: {
      id: 'acting',
      name: 'Acting',
      version: '1.0.0',
      apiVersion: '*',
      contributes: { modelProviders: ['test'], tools: ['write'] },
    },
    activate(host) {
      host.addTool(offered);
      host.addModelProvider({
        id: 'test',
        listModels: async () => ['acts'],
        languageModel: () => actingModel(),
        classify: () => ({ code: 'provider-error', message: 'It failed.', retryable: false }),
      });
    },
  };
}

function actingModel(): LanguageModelV3 {
  const usage = {
    inputTokens: { total: 7, noCache: 7, cacheRead: undefined, cacheWrite: undefined },
    outputTokens: { total: 3, text: 3, reasoning: undefined },
  };
  return {
    specificationVersion: 'v3',
    provider: 'test',
    modelId: 'acts',
    supportedUrls: {},
    doGenerate: () => Promise.reject(new Error('only streams')),
    doStream: async ({ prompt }) => {
      const last = prompt.at(-1);
      const parts: LanguageModelV3StreamPart[] = [{ type: 'stream-start', warnings: [] }];
      const finish = (unified: 'stop' | 'tool-calls') =>
        parts.push({ type: 'finish', finishReason: { unified, raw: unified }, usage });
      if (last?.role === 'user') {
        const text = last.content.map((part) => (part.type === 'text' ? part.text : '')).join('');
        for (const [index, path] of text.split('\n').entries()) {
          const input = JSON.stringify({ path });
          parts.push({ type: 'tool-call', toolCallId: `call_${index}`, toolName: 'write', input });
        }
        finish('tool-calls');
      } else {
        parts.push({ type: 'text-delta', id: '0', delta: JSON.stringify(last?.content) });
        finish('stop');
      }
      return { stream: ReadableStream.from(parts) };
    },
  };
}

const send = async (message: string, conversationId = 'c1'): Promise<string> => {
  const body = { conversationId, message, model: 'test/acts' };
  return (await ask(dataDir, 'POST', '/internal/turns', { body })).body.turnId;
};
const list = async (userId?: string): Promise<readonly Approval[]> =>
  (await ask(dataDir, 'GET', '/approvals', { ...(userId && { userId }) })).body.approvals;
const asked = (count = 1) =>
  vi.waitFor(async () => {
    const approvals = await list();
    expect(approvals).toHaveLength(count);
    return approvals;
  }, 10_000);
const answer = (approval: Approval | undefined, body: object, more: object = {}) =>
  ask(dataDir, 'POST', `/approvals/${approval?.id}`, { body, ...more });
const history = async () => (await ask(dataDir, 'GET', '/conversations/c1')).body.chunks;
const sealed = () =>
  vi.waitFor(async () => {
    const { status } = (await ask(dataDir, 'GET', '/conversations/c1/status')).body;
    expect(status).not.toBe('active');
  }, 10_000);
const results = async () =>
  (await history()).flatMap(({ chunk }: { chunk: { type: string; content: string } }) =>
    chunk.type === 'tool-result' ? [chunk.content] : [],
  );
const audited = async (): Promise<readonly { actor: string; action: string; target: string }[]> =>
  (await ask(dataDir, 'GET', '/audit?limit=200')).body.entries;

describe('ST3: an approval', () => {
  it('reaches the user stream and the list, is answered once, and the others see by whom', async () => {
    const user = followUser(dataDir, 0);
    const turnId = await send('notes.md');
    const [approval] = await asked();
    expect(approval).toMatchObject({
      conversationId: 'c1',
      turnId,
      tool: 'write',
      input: { path: 'notes.md' },
      summary: 'Write notes.md',
      pattern: 'notes.md',
      state: 'pending',
    });
    expect((approval?.expiresAt ?? 0) - (approval?.askedAt ?? 0)).toBe(600_000);
    const told = () => user.events.flatMap(({ event }) => (event && 'approval' in event ? [event] : []));
    await vi.waitFor(() => expect(told()).toEqual([{ type: 'approval.requested', approval }]), 10_000);
    const answers = await Promise.all([
      answer(approval, { decision: 'allow' }),
      answer(approval, { decision: 'deny' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(answers.filter(({ body }) => body.applied)).toHaveLength(1);
    const allowed = answers[0]?.body;
    expect(answers.map(({ body }) => body.approval)).toEqual([allowed.approval, allowed.approval]);
    expect(allowed.approval).toMatchObject({ state: 'allowed', answeredBy: 'usr_owner', scope: 'once' });
    await vi.waitFor(
      () => expect(told()[1]).toEqual({ type: 'approval.resolved', approval: allowed.approval }),
      10_000,
    );
    await sealed();
    expect(await results()).toEqual(['wrote notes.md']);
    expect(await list()).toEqual([]);
    user.close();
  });

  it('S-54: names the working directory it is good in, and so does what lasts', async () => {
    await ask(dataDir, 'PUT', '/conversations/c1/cwd', { body: { cwd: '/here' } });
    await send('x');
    const [approval] = await asked();
    expect(approval?.cwd).toBe('/here');
    await answer(approval, { decision: 'allow', scope: 'conversation' });
    await sealed();
    const grants = async () => (await ask(dataDir, 'GET', '/conversations/c1/grants')).body.grants;
    expect(await grants()).toMatchObject([{ pattern: 'x', cwd: '/here' }]);
    await ask(dataDir, 'PUT', '/conversations/c1/cwd', { body: { cwd: '/there' } });
    await send('x');
    expect(await asked()).toMatchObject([{ cwd: '/there' }]);
    expect(tool.runs).toEqual([{ path: 'x' }]);
  });

  it('is nobody’s who is not of its conversation, and says so as if it were not there', async () => {
    await send('x');
    const [approval] = await asked();
    expect(await list('usr_other')).toEqual([]);
    const foreign = await answer(approval, { decision: 'allow' }, { userId: 'usr_other' });
    const unknown = await ask(dataDir, 'POST', '/approvals/apr_none', { body: { decision: 'allow' } });
    expect([foreign.status, foreign.body.error]).toEqual([404, 'there is no such approval']);
    expect([unknown.status, unknown.body.error]).toEqual([404, 'there is no such approval']);
    expect((await answer(approval, { decision: 'maybe' })).status).toBe(400);
    expect(await list()).toHaveLength(1);
  });

  it('outlives the kernel, and is answered by another client behind the restart', async () => {
    const turnId = await send('x');
    const before = await asked();
    const begun = performance.now();
    await kernel.stop(10_000);
    expect(performance.now() - begun).toBeLessThan(5_000);
    await start();
    expect(await list()).toEqual(before);
    const link = openLink(dataDir);
    link.watch('c1', { turnId, n: 0 });
    const headers = { 'idempotency-key': 'k1' };
    expect((await answer(before[0], { decision: 'allow' }, { headers })).body.applied).toBe(true);
    expect((await answer(before[0], { decision: 'allow' }, { headers })).body.applied).toBe(true);
    expect((await answer(before[0], { decision: 'deny' }, { headers })).status).toBe(422);
    await sealed();
    expect(tool.runs).toEqual([{ path: 'x' }]);
    await vi.waitFor(() => expect(link.events('c1').at(-1)?.type).toBe('turn-sealed'), 10_000);
    const live = link.events('c1');
    expect(live.map(({ type }) => type)).toEqual([
      'tool-result',
      'text-delta',
      'usage',
      'step-complete',
      'done',
      'turn-sealed',
    ]);
    expect(live.map(({ n }) => n)).toEqual(live.map((_, index) => Number(live[0]?.n) + index));
    link.socket.destroy();
  });

  it('S-54: is taken back when its conversation is closed', async () => {
    await send('x');
    const [approval] = await asked();
    await ask(dataDir, 'POST', '/conversations/c1/close');
    await sealed();
    const late = await answer(approval, { decision: 'allow' });
    expect(late.body).toMatchObject({ applied: false, approval: { state: 'withdrawn' } });
    expect(late.body.approval.answeredBy).toBeUndefined();
    expect(tool.runs).toEqual([]);
  });

  it('D9: whose row is damaged allows nothing, and is told to nobody', async () => {
    await send('x\ny');
    const [first, second] = await asked(2);
    tamper(dataDir, `update approval set input_hash = 'other' where id = '${first?.id}'`);
    expect((await list()).map(({ id }) => id)).toEqual([second?.id]);
    expect((await answer(first, { decision: 'allow' })).status).toBe(404);
    await answer(second, { decision: 'allow' });
    tamper(dataDir, `update approval set scope = 'conversation' where id = '${second?.id}'`);
    await kernel.stop(0);
    await start();
    await sealed();
    expect(tool.runs).toEqual([]);
  });

  it('D9: of a conversation whose row is damaged cannot be answered', async () => {
    await send('x');
    const [approval] = await asked();
    tamper(dataDir, "update conversation set owner_id = x'00' where id = 'c1'");
    const { status, body } = await answer(approval, { decision: 'allow' });
    expect([status, body.code]).toEqual([409, 'conversation-damaged']);
    expect(tool.runs).toEqual([]);
  });

  it('S-54: for the whole conversation is listed, used, revoked and audited', async () => {
    await send('x');
    const [approval] = await asked();
    await answer(approval, { decision: 'allow', scope: 'conversation' });
    await sealed();
    await send('x');
    await vi.waitFor(() => expect(tool.runs).toHaveLength(2), 10_000);
    await sealed();
    const { grants } = (await ask(dataDir, 'GET', '/conversations/c1/grants')).body;
    expect(grants).toMatchObject([{ tool: 'write', pattern: 'x', grantedBy: 'usr_owner' }]);
    const path = `/conversations/c1/grants/${grants[0].id}`;
    expect((await ask(dataDir, 'DELETE', path, { userId: 'usr_other' })).body).toEqual({ revoked: false });
    expect((await ask(dataDir, 'DELETE', path)).body).toEqual({ revoked: true });
    expect((await ask(dataDir, 'DELETE', path)).body).toEqual({ revoked: false });
    await send('x');
    const [again] = await asked();
    await answer(again, { decision: 'deny' });
    await sealed();
    expect(tool.runs).toHaveLength(2);
    const actions = (await audited()).map(({ actor, action }) => `${actor} ${action}`);
    expect(actions.filter((entry) => /approval|grant/.test(entry))).toEqual([
      'usr_owner approval.allowed',
      'usr_owner grant.given',
      'kernel approval.granted',
      'usr_owner grant.revoked',
      'usr_owner approval.denied',
    ]);
  });
});

describe('what waits', () => {
  const move = (cwd: string) => ask(dataDir, 'PUT', '/conversations/c1/cwd', { body: { cwd } });

  it('S-54: is asked about no more once its conversation has another working directory', async () => {
    const user = followUser(dataDir, 0);
    await move('/here');
    await send('x');
    const [approval] = await asked();
    await move('/here');
    expect(await list()).toEqual([approval]);
    await move('/there');
    expect(await list()).toEqual([]);
    await sealed();
    const late = await answer(approval, { decision: 'allow', scope: 'conversation' });
    expect(late.body).toMatchObject({ applied: false, approval: { state: 'withdrawn' } });
    expect((await ask(dataDir, 'GET', '/conversations/c1/grants')).body.grants).toEqual([]);
    expect(await results()).toEqual([
      'not run: the working directory of the conversation was changed since this turn began',
    ]);
    const told = user.events.flatMap(({ event }) => (event?.type === 'approval.resolved' ? [event] : []));
    expect(told).toMatchObject([{ approval: { id: approval?.id, state: 'withdrawn' } }]);
    user.close();
  });
});

describe('a regenerate of a turn that acted', () => {
  const regenerate = async (turnId: string, more: object = {}) =>
    (await ask(dataDir, 'POST', '/conversations/c1/regenerate', { body: { turnId, ...more } })).body;
  const versions = async (turnId: string) =>
    (await ask(dataDir, 'GET', `/conversations/c1/versions?turnId=${turnId}`)).body.versions;

  it('RG10: names what stays, in its answer, in one warning and in the list of versions', async () => {
    const first = await send('notes.md');
    await answer((await asked())[0], { decision: 'allow' });
    await sealed();
    const body = await regenerate(first, { idempotencyKey: 'k1', message: 'other.md' });
    const stays = [{ kind: 'tool', id: expect.stringMatching(/^eff_/), summary: 'Write notes.md' }];
    expect(body).toMatchObject({ beatId: first, version: 2, irreversible: stays });
    expect(await regenerate(first, { idempotencyKey: 'k1', message: 'other.md' })).toEqual(body);
    await answer((await asked())[0], { decision: 'deny' });
    await sealed();
    expect(await versions(first)).toMatchObject([
      { turnId: first, active: false, effects: stays },
      { turnId: body.turnId, active: true, effects: [] },
    ]);
    const told = warned.filter((one) => JSON.stringify(one).includes('eff_'));
    expect(told).toMatchObject([{ supersedes: first, effects: [body.irreversible[0].id] }]);
    expect(tool.runs).toEqual([{ path: 'notes.md' }]);
    expect((await regenerate(body.turnId)).irreversible).toEqual([]);
    await asked();
  });

  it('RG2, ST3: waits for people over a restart, and is the version that is shown when it went on', async () => {
    const first = await send('notes.md');
    await answer((await asked())[0], { decision: 'deny' });
    await sealed();
    const { turnId } = await regenerate(first, { message: 'other.md' });
    await asked();
    await kernel.stop(0);
    await start();
    expect(await versions(first)).toMatchObject([
      { active: true },
      { turnId, active: false, sealedAt: null },
    ]);
    await answer((await asked())[0], { decision: 'allow' });
    await sealed();
    expect(await versions(first)).toMatchObject([
      { active: false },
      { turnId, active: true, reason: 'stop' },
    ]);
    expect(tool.runs).toEqual([{ path: 'other.md' }]);
    const { chunks } = (await ask(dataDir, 'GET', '/conversations/c1?view=active')).body;
    expect(new Set(chunks.map((chunk: { turnId: string }) => chunk.turnId))).toEqual(new Set([turnId]));
  });
});
