import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Answering,
  answerApprovals,
  type DispatchProcesses,
  eventually,
  processRuns,
  request,
  startDispatch,
  streamChat,
} from '@dispatch/tests-processes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let dispatch: DispatchProcesses;
let answering: Answering;
let folder: string;
let cwd: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'acting-tools-'));
  cwd = join(folder, 'work');
  dispatch = await startDispatch({ env: { OPENAI_API_KEY: 'canary-of-the-kernel' } });
  answering = answerApprovals(dispatch.httpUrl, 'allow');
});
afterAll(async () => {
  await answering.stop();
  await dispatch.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function send(message: string, more: object = { cwd }) {
  const chat = await streamChat(dispatch.httpUrl, { message, model: 'demo/tools', ...more });
  const events = chat.events.map(({ event }) => event);
  const of = (type: string) => events.filter((event) => event.type === type);
  return {
    events,
    results: of('tool-result').map(({ content, isError }) => ({ content: `${content}`, isError })),
    text: of('text-delta')
      .map(({ delta }) => delta)
      .join(''),
  };
}

describe('tools that act, over the whole way', () => {
  it('ST4: write files and run commands in the working directory, and nowhere else', async () => {
    const missing = await send('call: write-file {"path":"a","content":"x"}');
    expect(missing.results).toEqual([{ isError: true, content: expect.stringContaining('is not there') }]);
    mkdirSync(cwd);
    const { results } = await send(
      'call: write-file {"path":"a/b.txt","content":"hello"} call: write-file {"path":"../out","content":"x"} ' +
        'then call: run-command {"command":["cat","a/b.txt"]} call: run-command {"command":["env"]}',
    );
    expect(results).toEqual([
      { isError: false, content: 'Wrote 5 bytes to a/b.txt. The file is new.' },
      { isError: true, content: expect.stringContaining('never followed') },
      { isError: false, content: expect.stringContaining('stdout:\nhello') },
      { isError: false, content: expect.stringContaining('TOOL_COMMAND_ID=') },
    ]);
    expect(readFileSync(join(cwd, 'a/b.txt'), 'utf8')).toBe('hello');
    expect(existsSync(join(folder, 'out'))).toBe(false);
    expect(JSON.stringify(results)).not.toContain('canary-of-the-kernel');
  });

  it('are not offered where there is no working directory', async () => {
    for (const tool of ['write-file', 'run-command']) {
      const { text, results } = await send(`call: ${tool} {}`, {});
      expect(results).toEqual([]);
      expect(text).toContain(`nobody offers me the tool ${tool}`);
    }
  });

  it('T6: a stop ends the command and all it started', async () => {
    const took: number[] = [];
    // The quickest of three counts: a busy machine holds one up.
    for (let round = 0; round < 3; round += 1) {
      const conversationId = crypto.randomUUID();
      const file = `pids-${round}`;
      const script = `sleep 300 & echo $! > ${file}; echo $$ >> ${file}; wait`;
      const input = JSON.stringify({ command: ['sh', '-c', script] });
      const chat = send(`call: run-command ${input}`, { cwd, conversationId });
      const pids = await eventually('the command', () => {
        const path = join(cwd, file);
        const lines = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
        return lines.length === 2 && lines.map(Number);
      });
      const from = performance.now();
      const stopped = await request(dispatch.httpUrl, 'POST', `/conversations/${conversationId}/stop`);
      expect(stopped.body).toMatchObject({ stopped: true });
      const { events } = await chat;
      took.push(performance.now() - from);
      expect(events.at(-2)).toMatchObject({ type: 'done', reason: 'aborted' });
      await eventually('their end', () => pids.every((pid) => !processRuns(pid)));
    }
    expect(Math.min(...took)).toBeLessThan(1_000);
  });
});
