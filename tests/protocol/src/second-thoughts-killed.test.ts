import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reply, type ScriptedModelServer, stallHere, startScriptedModelServer } from '@dispatch/testkit';
import { type DispatchProcesses, eventually, request, startDispatch } from '@dispatch/tests-processes';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { openScene, textOf } from './__fixtures__/scene.ts';
import { eventsOf, turnsOf } from './__fixtures__/screen.ts';

/** A model that is asked and says nothing. */
const SILENT = 'openai/silent';
const WRITE = 'call: write-file {"path":"note.txt","content":"Milk"}';

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

/** Kills the kernel while `under way`, which may fail by it, and starts another. */
async function killed(...underWay: readonly Promise<unknown>[]): Promise<void> {
  await dispatch.kernel.kill();
  await Promise.allSettled(underWay);
  await dispatch.startKernel();
  const isReady = async () => (await request(dispatch.httpUrl, 'GET', '/readyz')).status === 200;
  await eventually('the gateway has reached it', isReady);
}

const answer = (id: string) => request(dispatch.httpUrl, 'POST', `/approvals/${id}`, { decision: 'allow' });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A folder to write in, and the file the demo model writes there. */
function desk() {
  const cwd = mkdtempSync(join(tmpdir(), 'second-thoughts-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  const file = join(cwd, 'note.txt');
  return {
    cwd,
    text: () => (existsSync(file) ? readFileSync(file, 'utf8') : undefined),
    /** Each write makes another file in its place. */
    written: () => (existsSync(file) ? statSync(file, { bigint: true }).ino : undefined),
  };
}

describe('D3: the kernel is killed', () => {
  it('RG4: in a regenerate that has said nothing: the old version is back', async () => {
    const { conversationId, one, turn, show, sealed, consistent } = await scene();
    const before = await turn('words: 3');
    const tried = await one.client.regenerate(conversationId, { turnId: before, model: SILENT });
    await show(tried.turnId);
    await killed();
    expect(await sealed(tried.turnId)).toBe('interrupted');
    await show(before);
    await consistent();
    const next = await one.client.regenerate(conversationId, { turnId: before });
    expect(next.version).toBe(2);
    await sealed(next.turnId);
    await consistent();
  });

  it('RG4: in a regenerate that speaks: it is a version, with all that was seen, and the other can be shown', async () => {
    const { conversationId, one, two, turn, both, show, sealed, consistent } = await scene();
    const before = await turn('words: 3');
    const edit = { turnId: before, message: 'words: 400' };
    const { turnId } = await one.client.regenerate(conversationId, edit);
    await both('text', turnId, isText);
    await killed();
    expect(await sealed(turnId)).toBe('interrupted');
    await show(turnId);
    await consistent();
    const { chunks } = await one.client.history(conversationId, { view: 'active' });
    expect(chunks.at(-1)).toMatchObject({ turnId, chunk: { type: 'text', text: textOf(two, turnId) } });
    await one.client.activateVersion(conversationId, before);
    await show(before);
    await consistent();
  });

  it.each([5, 10, 20, 40])(
    'RG4: while somebody regenerates, %i ms behind the request: asked again under its key it was made once',
    async (ms) => {
      const { conversationId, one, turn, sealed, consistent } = await scene();
      const before = await turn('words: 3');
      const request = { turnId: before, message: 'words: 4', idempotencyKey: conversationId };
      const under = one.client.regenerate(conversationId, request);
      under.catch(() => undefined);
      await pause(ms);
      await killed(under);
      await consistent();
      const made = await one.client.regenerate(conversationId, request);
      await sealed(made.turnId);
      await consistent();
      const { chunks } = await one.client.history(conversationId);
      expect(turnsOf(chunks)).toEqual([before, made.turnId]);
    },
  );

  it.each([0, 5])(
    'RG2 ST1: while somebody stops a regenerate, %i ms behind: the old version is back',
    async (ms) => {
      const { conversationId, one, turn, show, sealed, consistent } = await scene();
      const before = await turn('words: 3');
      const { turnId } = await one.client.regenerate(conversationId, { turnId: before, model: SILENT });
      await show(turnId);
      const under = one.client.stop(conversationId, { turnId });
      under.catch(() => undefined);
      await pause(ms);
      await killed(under);
      expect(['aborted', 'interrupted']).toContain(await sealed(turnId));
      await show(before);
      await consistent();
    },
  );

  it.each([2, 4, 8])(
    'RG7: while somebody switches, %i ms behind the request: one version is shown',
    async (ms) => {
      const { conversationId, one, turn, show, sealed, consistent } = await scene();
      const before = await turn('words: 3');
      const { turnId } = await one.client.regenerate(conversationId, { turnId: before, message: 'words: 2' });
      await sealed(turnId);
      const under = one.client.activateVersion(conversationId, before);
      under.catch(() => undefined);
      await pause(ms);
      await killed(under);
      await consistent();
      await one.client.activateVersion(conversationId, turnId);
      await show(turnId);
      await consistent();
    },
  );

  it('ST2: while messages wait, one of them edited: they are held, in their order, until somebody sends one', async () => {
    const { one, two, ask, send, both, sealed, wait, consistent } = await scene();
    const turnId = await send('words: 400');
    await both('text', turnId, isText);
    const steered = (await ask('POST', '/queue', { message: 'words: 5' })).body.messageId;
    const { messageId } = (await ask('POST', '/queue', { message: 'words: 9', mode: 'queue' })).body;
    await wait(['words: 5', 'words: 9']);
    await one.waiting.invoke('message-queue/edit', { messageId, text: 'words: 6' });
    await killed();
    expect(await sealed(turnId)).toBe('interrupted');
    await wait(['words: 5', 'words: 6'], true);
    await consistent();
    // Nothing starts by itself.
    expect(one.shown).toEqual([turnId]);
    await one.waiting.invoke('message-queue/promote', { messageId });
    const next = await eventually('the next turn', () => two.shown[1]);
    expect(await sealed(next)).toBe('stop');
    expect(eventsOf(two, next)[0]).toMatchObject({ text: 'words: 6' });
    // What was to steer the turn that is gone steers the one that runs now.
    expect(eventsOf(two, next)).toContainEqual(
      expect.objectContaining({ type: 'steering', messageId: steered, text: 'words: 5' }),
    );
    expect(one.shown).toEqual([turnId, next]);
    await wait([]);
    await consistent();
  });

  it.each([0, 3, 6])(
    'ST2: while somebody edits what waits, %i ms behind: it says the one or the other',
    async (ms) => {
      const { one, ask, send, sealed, wait, consistent } = await scene();
      const turnId = await send('words: 400');
      const { messageId } = (await ask('POST', '/queue', { message: 'old words', mode: 'queue' })).body;
      await ask('POST', '/queue', { message: 'another', mode: 'queue' });
      const under = ask('PUT', `/queue/${messageId}`, { message: 'new words' });
      under.catch(() => undefined);
      await pause(ms);
      await killed(under);
      await sealed(turnId);
      const { messages } = (await ask('GET', '/queue')).body;
      const answered = (await under).status === 200;
      expect(answered ? ['new words'] : ['old words', 'new words']).toContain(messages[0].text);
      await wait([messages[0].text, 'another'], true);
      expect(one.shown).toEqual([turnId]);
      await consistent();
    },
  );

  it.each(['step-complete', 'tool-result', 'steering'])(
    'ST2: around a delivery, at %s: the message waits or the turn has it',
    async (type) => {
      const { one, two, ask, send, both, sealed, consistent } = await scene();
      const turnId = await send('wait: 2s call: current-time', { model: 'demo/tools' });
      await both('text', turnId, isText);
      const { messageId } = (await ask('POST', '/queue', { message: 'words: 40' })).body;
      await eventually(type, () => eventsOf(one, turnId).some((event) => event.type === type));
      await killed();
      await sealed(turnId);
      await consistent();
      const { messages, held } = (await ask('GET', '/queue')).body;
      const delivered = eventsOf(two, turnId).filter((event) => event['messageId'] === messageId);
      expect(messages.length + delivered.length).toBe(1);
      expect(held).toBe(messages.length === 1);
    },
  );

  it('ST3: while a call waits for people: it is asked under the same id, and an answer runs it once', async () => {
    const { cwd, text } = desk();
    const { one, two, send, sealed, consistent } = await scene();
    const turnId = await send(WRITE, { model: 'demo/tools', cwd });
    const asked = await eventually('it is asked', () => one.approvals[0]);
    await killed();
    expect(text()).toBeUndefined();
    expect(one.approvals).toEqual([asked]);
    expect((await one.client.approvals()).approvals).toContainEqual(asked);
    expect((await answer(asked.id)).body.applied).toBe(true);
    expect(await sealed(turnId)).toBe('stop');
    expect(text()).toBe('Milk');
    await eventually('it is answered', () => two.resolved.some(({ id }) => id === asked.id));
    await eventually('nobody is asked any more', () => one.approvals.length === 0);
    await consistent();
  });

  it('ST3: in a regenerate that waits for people: it goes on, and is the version that is shown', async () => {
    const { cwd, text } = desk();
    const { conversationId, one, ask, turn, show, sealed, consistent } = await scene();
    const before = await turn('words: 3', { cwd });
    const edit = { turnId: before, message: WRITE, model: 'demo/tools' };
    const { turnId } = await one.client.regenerate(conversationId, edit);
    const asked = await eventually('it is asked', () => one.approvals[0]);
    await show(turnId);
    await killed();
    expect((await ask('GET', '/status')).body).toMatchObject({ status: 'active', turnId });
    await show(turnId);
    expect((await one.client.answerApproval(asked.id, 'allow')).applied).toBe(true);
    expect(await sealed(turnId)).toBe('stop');
    expect(text()).toBe('Milk');
    await show(turnId);
    await consistent();
  });

  it.each([
    ['2 ms behind an answer', 2],
    ['6 ms behind an answer', 6],
    ['10 ms behind an answer', 10],
    ['as soon as the file is there', undefined],
    ['40 ms behind an answer', 40],
  ])('T9: %s: the file is written at most once', async (_, ms) => {
    const { cwd, text, written } = desk();
    const { one, two, ask, send, sealed, consistent } = await scene();
    const turnId = await send(WRITE, { model: 'demo/tools', cwd });
    const asked = await eventually('it is asked', () => one.approvals[0]);
    const under = answer(asked.id);
    under.catch(() => undefined);
    if (ms === undefined) while (written() === undefined) await pause(0);
    else await pause(ms);
    await dispatch.kernel.kill();
    const first = written();
    await killed(under);
    // Whoever got no answer gives it again; a call that was answered is not asked about.
    for (const { id } of (await one.client.approvals()).approvals) await answer(id);
    await sealed(turnId);
    if (first !== undefined) expect(written()).toBe(first);
    const results = eventsOf(two, turnId).filter(({ type }) => type === 'tool-result');
    const { versions } = (await ask('GET', `/versions?turnId=${turnId}`)).body;
    expect(versions[0].effects.length).toBeLessThanOrEqual(1);
    // Without an effect there is no file; with a result that is no error there is one.
    if (text() !== undefined) expect(versions[0].effects).toHaveLength(1);
    for (const { isError } of results) if (!isError) expect(text()).toBe('Milk');
    expect(results.length).toBeLessThanOrEqual(1);
    await eventually('nobody is asked any more', () => one.approvals.length === 0);
    await consistent();
  });
});
