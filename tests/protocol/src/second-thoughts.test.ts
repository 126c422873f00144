import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reply, type ScriptedModelServer, stallHere, startScriptedModelServer } from '@dispatch/testkit';
import { type DispatchProcesses, eventually, request, startDispatch } from '@dispatch/tests-processes';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openScene, textOf } from './__fixtures__/scene.ts';
import { eventsOf } from './__fixtures__/screen.ts';

/** A model that is asked and says nothing. */
const SILENT = 'openai/silent';

let silence: ScriptedModelServer;
let dispatch: DispatchProcesses;
beforeAll(async () => {
  silence = await startScriptedModelServer({ models: ['silent'] });
  dispatch = await startDispatch({ env: { OPENAI_API_KEY: 'a-key', OPENAI_BASE_URL: silence.openaiUrl } });
});
beforeEach(() => {
  silence.reset();
  silence.script('silent', reply(stallHere()));
});
afterAll(async () => {
  await dispatch.stop();
  await silence.close();
});

const isText = ({ type }: { readonly type: string }) => type === 'text-delta';
const scene = () => openScene(dispatch);

describe('versions on two clients', () => {
  it('RG1 RG5: an edit and a regenerate swap in place while they are written, and stay', async () => {
    const { conversationId, one, two, screens, turn, both, show, sealed, consistent } = await scene();
    const first = await turn('words: 3');
    const asked = await turn('words: 7');
    await show(first, asked);
    const edit = { turnId: asked, message: 'words: 40' };
    const edited = await one.client.regenerate(conversationId, edit);
    expect(edited).toMatchObject({ beatId: asked, version: 2, irreversible: [] });
    await both('text', edited.turnId, isText);
    for (const screen of screens) {
      expect(screen.shown).toEqual([first, edited.turnId]);
      expect(screen.replaced.map(({ provisional }) => provisional)).toEqual([true]);
      expect(eventsOf(screen, edited.turnId).some(({ type }) => type === 'turn-sealed')).toBe(false);
    }
    expect(await sealed(edited.turnId)).toBe('stop');
    const again = await one.client.regenerate(conversationId, { turnId: asked });
    expect(again.version).toBe(3);
    await show(first, again.turnId);
    await sealed(again.turnId);
    await consistent();
    // The words of the version that was named.
    expect(eventsOf(two, again.turnId)[0]).toMatchObject({ type: 'user-message', text: 'words: 7' });
    for (const screen of screens) {
      expect(screen.replaced.filter(({ provisional }) => !provisional).map(({ turnId }) => turnId)).toEqual([
        edited.turnId,
        again.turnId,
      ]);
    }
  });

  it('RG7: somebody switches back and forth, what followed comes with it, and the next message extends what is shown', async () => {
    const { conversationId, one, two, ask, turn, show, sealed, consistent } = await scene();
    const yes = await turn('Is it so?', { model: 'demo/fickle' });
    const no = (await one.client.regenerate(conversationId, { turnId: yes, model: 'demo/fickle' })).turnId;
    await sealed(no);
    expect(textOf(one, yes)).toContain('My answer is yes');
    expect(textOf(two, no)).toContain('my answer is no');
    const followed = await turn('words: 3');
    await show(no, followed);
    await one.client.activateVersion(conversationId, yes);
    await show(yes);
    await consistent();
    await ask('POST', '/versions/activate', { turnId: no });
    await show(no);
    for (const screen of [one, two]) await screen.reread();
    await show(no, followed);
    await consistent();
    await one.client.activateVersion(conversationId, yes);
    await show(yes);
    const other = await turn('words: 4');
    await show(yes, other);
    await consistent();
    const { versions } = (await ask('GET', `/versions?turnId=${no}`)).body;
    expect(versions).toMatchObject([
      { turnId: yes, version: 1, active: true },
      { turnId: no, version: 2, active: false },
    ]);
  });

  it('RG2 ST1: stopped before its first text the old version is back, and no version was made', async () => {
    const { conversationId, one, ask, turn, show, sealed, consistent } = await scene();
    const before = await turn('words: 3');
    const tried = await one.client.regenerate(conversationId, { turnId: before, model: SILENT });
    await show(tried.turnId);
    expect((await ask('POST', '/stop', { turnId: tried.turnId })).body).toMatchObject({ stopped: true });
    expect(await sealed(tried.turnId)).toBe('aborted');
    await show(before);
    await consistent();
    expect((await one.client.versions(conversationId, before)).versions).toHaveLength(1);
    const next = await one.client.regenerate(conversationId, { turnId: before });
    expect(next.version).toBe(tried.version);
    await sealed(next.turnId);
    await show(next.turnId);
    await consistent();
  });

  it('RG2 ST1: stopped behind its first text it is a version, with what it said', async () => {
    const { conversationId, one, two, turn, both, show, sealed, consistent } = await scene();
    const before = await turn('words: 3');
    const edit = { turnId: before, message: 'words: 400' };
    const { turnId } = await one.client.regenerate(conversationId, edit);
    await both('text', turnId, isText);
    expect(await one.client.stop(conversationId, { turnId })).toMatchObject({ stopped: true });
    expect(await sealed(turnId)).toBe('aborted');
    await show(turnId);
    await consistent();
    const { chunks } = await one.client.history(conversationId, { view: 'active' });
    expect(chunks.at(-1)).toMatchObject({ turnId, chunk: { type: 'text', text: textOf(two, turnId) } });
    await one.client.activateVersion(conversationId, before);
    await show(before);
    await consistent();
  });
});

describe('a hand on the wheel', () => {
  it('ST2: steers between two steps; what is queued and edited runs behind the first', async () => {
    const { one, two, ask, send, both, sealed, wait, consistent } = await scene();
    const turnId = await send('wait: 6s call: current-time then call: current-time', { model: 'demo/tools' });
    await both('text', turnId, isText);
    const steered = (await ask('POST', '/queue', { message: 'words: 5' })).body.messageId;
    const queue = { message: 'words: 9', mode: 'queue', model: 'demo/writer' };
    expect((await ask('POST', '/queue', queue)).body.outcome).toBe('queued');
    await wait(['words: 5', 'words: 9']);
    const { messages } = (await ask('GET', '/queue')).body;
    await one.waiting.invoke('message-queue/edit', { messageId: messages[1].id, text: 'words: 6' });
    await wait(['words: 5', 'words: 6']);
    expect(await sealed(turnId)).toBe('stop');
    const types = eventsOf(two, turnId).map(({ type }) => type);
    const at = types.indexOf('steering');
    expect(eventsOf(two, turnId)[at]).toMatchObject({ messageId: steered, text: 'words: 5' });
    // Behind everything the first step did, before the first word of the next.
    expect(types.slice(0, at)).toEqual(expect.arrayContaining(['step-complete', 'tool-result']));
    expect(types.slice(0, at).filter((type) => type === 'step-complete')).toHaveLength(1);
    expect(types.slice(at).filter((type) => type === 'text-delta').length).toBeGreaterThan(0);
    const next = await eventually('the next turn', () => one.shown[1]);
    expect(await sealed(next)).toBe('stop');
    expect(eventsOf(two, next)[0]).toMatchObject({ type: 'user-message', text: 'words: 6' });
    expect(textOf(two, next).split(/\s+/)).toHaveLength(6);
    await wait([]);
    await consistent();
  });

  it('ST3 RG10: the second client allows a call; the first sees it asked, and by whom it was answered', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'second-thoughts-'));
    onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
    const { conversationId, one, two, send, sealed, show, consistent } = await scene();
    const me = (await request(dispatch.httpUrl, 'GET', '/me')).body.user.id;
    const message = 'call: write-file {"path":"note.txt","content":"Milk"}';
    const turnId = await send(message, { model: 'demo/tools', cwd });
    const asked = await eventually('it is asked', () => one.approvals[0]);
    expect(asked).toMatchObject({ turnId, tool: 'write-file', state: 'pending', conversationId });
    const answer = () => request(dispatch.httpUrl, 'POST', `/approvals/${asked.id}`, { decision: 'allow' });
    expect((await answer()).body).toMatchObject({ applied: true, approval: { answeredBy: me } });
    for (const screen of [one, two]) {
      const resolved = await eventually('it is answered', () =>
        screen.resolved.find(({ id }) => id === asked.id),
      );
      expect(resolved).toMatchObject({ state: 'allowed', answeredBy: me, scope: 'once' });
    }
    expect(one.approvals).toEqual([]);
    expect((await one.client.answerApproval(asked.id, 'deny')).applied).toBe(false);
    expect(await sealed(turnId)).toBe('stop');
    expect(readFileSync(join(cwd, 'note.txt'), 'utf8')).toBe('Milk');
    await consistent();
    const again = await one.client.regenerate(conversationId, {
      turnId,
      message: 'words: 3',
      model: 'demo/writer',
    });
    // Nobody takes the file back, and whoever asks anew is told.
    expect(again.irreversible).toMatchObject([{ kind: 'tool', summary: asked.summary }]);
    await sealed(again.turnId);
    await show(again.turnId);
    await consistent();
  });
});
