import { readdirSync, readFileSync } from 'node:fs';
import {
  appEntry,
  createDataDirectory,
  eventually,
  freePort,
  type ManagedProcess,
  openSocket,
  request,
  startProcess,
  streamChat,
} from '@dispatch/tests-processes';
import { afterAll, describe, expect, it } from 'vitest';

const directory = createDataDirectory();
afterAll(() => directory.remove());

async function up(): Promise<{ process: ManagedProcess; url: string }> {
  const ports = ['--http-port', String(await freePort()), '--ws-port', String(await freePort())];
  const process = startProcess(appEntry('cli'), ['up', '--data-dir', directory.path, ...ports], {});
  const { url } = await process.ready;
  return { process, url: String(url) };
}

/** Process ids of the children whose command line names this app. */
function childrenOf(parent: number, app: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const ppid = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
        return (
          Number(ppid) === parent && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`apps/${app}/`)
        );
      } catch {
        return false;
      }
    });
}

describe('dispatch up', () => {
  it('tells address and data directory, starts a killed kernel again, and ends with 0 on Ctrl-C, with everything sealed', async () => {
    const { process, url } = await up();
    await eventually(
      'the welcome',
      () => process.output().includes(directory.path) && process.output().includes(url),
    );
    expect(process.output()).toContain('/chat');
    const watcher = await openSocket(url.replace('http', 'ws'));
    watcher.send({ type: 'chat.subscribe', conversationId: 'killed' });
    const chat = streamChat(url, { conversationId: 'killed', message: 'Go on.', model: 'demo/writer' });
    await watcher.frame('text', (frame) => JSON.stringify(frame).includes('text-delta'));
    watcher.close();
    const [kernel] = childrenOf(process.pid, 'kernel');
    globalThis.process.kill(kernel ?? 0, 'SIGKILL');
    const events = (await chat).events.map(({ event }) => event);
    expect(events.slice(-2)).toMatchObject([
      { type: 'done', reason: 'interrupted' },
      { type: 'turn-sealed' },
    ]);
    expect(childrenOf(process.pid, 'kernel')).toHaveLength(1);
    const history = await request(url, 'GET', '/conversations/killed');
    expect(history.body.chunks.length).toBeGreaterThanOrEqual(2);
    expect(await process.kill('SIGINT')).toEqual({ code: 0, signal: null });
    expect(childrenOf(process.pid, 'kernel')).toEqual([]);
  });

  it('a second one over the same directory ends with 73 and leaves the first alone', async () => {
    const { process, url } = await up();
    const second = startProcess(
      appEntry('cli'),
      [
        'up',
        '--data-dir',
        directory.path,
        '--http-port',
        String(await freePort()),
        '--ws-port',
        String(await freePort()),
      ],
      {},
    );
    expect((await second.exited).code).toBe(73);
    expect((await request(url, 'GET', '/readyz')).status).toBe(200);
    expect((await process.kill('SIGTERM')).code).toBe(0);
  });
});
