import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLinkSecret } from '@dispatch/link';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ask, openLink } from './__fixtures__/kernel-client.ts';
import { startTestKernel, temporaryDataDir } from './__fixtures__/test-kernel.ts';
import type { Kernel } from './kernel.ts';

let dataDir: string;
let kernel: Kernel;

beforeEach(async () => {
  dataDir = temporaryDataDir();
  kernel = await startTestKernel(dataDir);
});
afterEach(() => kernel.stop(0));

const start = (body: object) => ask(dataDir, 'POST', '/internal/turns', { body });
const chunksOf = async (id: string): Promise<readonly { chunk: { text: string } }[]> =>
  (await ask(dataDir, 'GET', `/conversations/${id}`)).body.chunks;

describe('kernel', () => {
  it('runs a turn: started by rpc, watched over the link, in the history once sealed', async () => {
    const link = openLink(dataDir);
    link.watch('c1');
    await vi.waitFor(
      () => expect(link.frames.at(-1)).toMatchObject({ type: 'watched', at: { behind: null } }),
      10_000,
    );
    const started = await start({ conversationId: 'c1', message: 'hi' });
    expect(started).toMatchObject({ status: 200, body: { outcome: 'started', conversationId: 'c1' } });

    await vi.waitFor(() => expect(link.events('c1').at(-1)?.type).toBe('turn-sealed'), 10_000);
    const events = link.events('c1');
    expect(events.map(({ n }) => n)).toEqual(events.map((_, index) => index));
    expect(events.map(({ type }) => type)).toEqual([
      'user-message',
      'turn-start',
      ...events.slice(2, -4).map(() => 'text-delta'),
      'usage',
      'step-complete',
      'done',
      'turn-sealed',
    ]);
    expect(events.every(({ turnId }) => turnId === started.body.turnId)).toBe(true);
    expect((await chunksOf('c1')).map(({ chunk }) => chunk.text)).toEqual(['hi', 'Hello world']);
  });

  it('Q4: whoever has seen turn-sealed reads all chunks of the turn', async () => {
    const link = openLink(dataDir);
    for (let turn = 1; turn <= 20; turn += 1) {
      const id = `q${turn}`;
      link.watch(id);
      await vi.waitFor(() => expect(link.frames.at(-1)).toMatchObject({ type: 'watched', conn: id }), 10_000);
      const read = new Promise<Awaited<ReturnType<typeof chunksOf>>>((resolve) => {
        const look = (): void => {
          if (!link.events(id).some(({ type }) => type === 'turn-sealed')) return;
          link.socket.off('data', look);
          resolve(chunksOf(id));
        };
        link.socket.on('data', look);
      });
      await start({ conversationId: id, message: 'hi' });
      expect(await read).toHaveLength(2);
    }
  });

  it('T7: a lost link stops no turn, and a new link gets the same events from a cursor', async () => {
    const first = openLink(dataDir);
    first.watch('c1');
    const { body } = await start({ conversationId: 'c1', message: 'go on', model: 'test/endless' });
    await vi.waitFor(() => expect(first.events('c1').length).toBeGreaterThan(4), 10_000);
    first.socket.destroy();
    await first.closed;
    const before = first.events('c1');
    const second = openLink(dataDir);
    second.watch('c1', { turnId: body.turnId, n: 2 });
    await vi.waitFor(() => expect(second.events('c1').length).toBeGreaterThan(before.length), 10_000);
    expect(second.events('c1').slice(0, before.length - 3)).toEqual(before.slice(3));
    expect((await ask(dataDir, 'POST', '/conversations/c1/stop')).body).toEqual({
      conversationId: 'c1',
      stopped: true,
      turnId: body.turnId,
    });
    await vi.waitFor(() => expect(second.events('c1').at(-1)?.type).toBe('turn-sealed'), 10_000);
    expect(second.events('c1').at(-2)).toMatchObject({ type: 'done', reason: 'aborted' });
  });

  it('O1: stopping refuses new turns, seals the running one as interrupted and ends the links', async () => {
    const link = openLink(dataDir);
    link.watch('c1');
    await start({ conversationId: 'c1', message: 'go on', model: 'test/endless' });
    await vi.waitFor(() => expect(link.events('c1').length).toBeGreaterThan(3), 10_000);
    // Long enough for what is asked meanwhile.
    const stopped = kernel.stop(2_000);
    const refused = await start({ conversationId: 'c2', message: 'hi' });
    expect(refused).toMatchObject({ status: 503, body: { code: 'draining', retryable: true } });
    expect((await ask(dataDir, 'GET', '/internal/ready')).status).toBe(503);
    await stopped;
    await link.closed;
    expect(link.events('c1').slice(-2)).toMatchObject([
      { type: 'done', reason: 'interrupted' },
      { type: 'turn-sealed' },
    ]);
    expect(existsSync(kernel.sockets.rpc)).toBe(false);

    kernel = await startTestKernel(dataDir);
    expect((await chunksOf('c1'))[0]?.chunk.text).toBe('go on');
    expect((await ask(dataDir, 'GET', '/conversations/c1/status')).body).toMatchObject({
      status: 'idle',
      turnId: null,
    });
  });

  it('O1: a turn that ends within the drain time ends as itself; a second stop ends the wait', async () => {
    await start({ conversationId: 'c1', message: 'go on', model: 'test/endless' });
    const patient = kernel.stop(60_000);
    await kernel.stop(0);
    await patient;
    kernel = await startTestKernel(dataDir);
    const { body } = await ask(dataDir, 'GET', '/conversations/c1/metrics');
    expect(body.turns).toHaveLength(1);
  });

  it('D12: a second kernel refuses the data directory and disturbs nothing', async () => {
    const secret = readLinkSecret(dataDir);
    await expect(startTestKernel(dataDir)).rejects.toThrow(/Another kernel/);
    expect(readLinkSecret(dataDir)).toBe(secret);
    expect((await ask(dataDir, 'GET', '/internal/ready')).body).toEqual({ ok: true });
  });

  it('S-17: everything in the data directory is its owner’s alone; each boot has a new secret and boot id', async () => {
    const { bootId, epoch, sockets } = kernel;
    for (const path of [sockets.rpc, sockets.events, join(dataDir, 'link.secret')]) {
      expect(statSync(path).mode & 0o777).toBe(0o600);
    }
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    const secret = readLinkSecret(dataDir);
    await kernel.stop(0);
    // Leftovers of a kernel that was killed stand in nobody's way.
    writeFileSync(sockets.rpc, '');
    writeFileSync(sockets.events, '');
    kernel = await startTestKernel(dataDir);
    expect(readLinkSecret(dataDir)).not.toBe(secret);
    expect(kernel.bootId).not.toBe(bootId);
    expect(kernel.epoch).toBe(epoch);
    expect((await ask(dataDir, 'GET', '/internal/ready')).status).toBe(200);
  });

  it('a data directory with a long path has its sockets in a short, private folder', async () => {
    const long = join(dataDir, 'x'.repeat(120));
    mkdirSync(long, { mode: 0o700 });
    const apart = await startTestKernel(long);
    expect(apart.sockets.apart).toBe(true);
    expect(statSync(apart.sockets.directory).mode & 0o777).toBe(0o700);
    expect((await ask(long, 'GET', '/internal/ready')).status).toBe(200);
    await apart.stop(0);
    chmodSync(apart.sockets.directory, 0o755);
    await expect(startTestKernel(long)).rejects.toThrow(/open to other users/);
    chmodSync(apart.sockets.directory, 0o700);
    await (await startTestKernel(long)).stop(0);
  });
});
