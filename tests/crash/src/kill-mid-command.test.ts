import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Answering,
  answerApprovals,
  type DispatchProcesses,
  eventually,
  openSocket,
  processRuns,
  request,
  startDispatch,
} from '@dispatch/tests-processes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let dispatch: DispatchProcesses;
let answering: Answering;
let cwd: string;
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'kill-mid-command-'));
  dispatch = await startDispatch();
  answering = answerApprovals(dispatch.httpUrl, 'allow');
});
afterAll(async () => {
  await answering.stop();
  await dispatch.stop();
  rmSync(cwd, { recursive: true, force: true });
});

/** Counts its runs, ignores SIGTERM, has a child in a session of its own, and works until somebody ends it. */
const STUBBORN = `trap '' TERM
echo run >> runs
setsid sh -c 'trap "" TERM; echo $$ > child; while :; do sleep 0.05; done' &
while :; do echo $$ >> ticks; sleep 0.05; done`;

const lines = (file: string) =>
  existsSync(join(cwd, file)) ? readFileSync(join(cwd, file), 'utf8').split('\n').slice(0, -1) : [];

describe('kill -9 of the kernel while a command runs', () => {
  it('T9: its next start ends what is left of the command, and neither runs it again nor says how it ended', async () => {
    const conversationId = crypto.randomUUID();
    writeFileSync(join(cwd, 'stubborn.sh'), STUBBORN);
    const socket = await openSocket(dispatch.wsUrl);
    const message = 'call: run-command {"command":["sh","stubborn.sh"]}';
    socket.send({ type: 'chat.send', conversationId, message, model: 'demo/tools', cwd });
    await eventually('the command', () => lines('ticks').length > 3 && lines('child').length > 0, 20_000);
    const pids = [Number(lines('ticks')[0]), Number(lines('child')[0])];
    expect(pids.map(processRuns)).toEqual([true, true]);

    await dispatch.kernel.kill();
    expect(pids.map(processRuns)).toEqual([true, true]);
    await dispatch.startKernel();
    await eventually('the end of the processes', () => !pids.some(processRuns));
    const ticks = lines('ticks').length;

    await socket.sealed();
    const { body } = await request(dispatch.httpUrl, 'GET', `/conversations/${conversationId}`);
    const results = body.chunks.filter((row: { role: string }) => row.role === 'tool');
    expect(results).toMatchObject([{ chunk: { content: 'interrupted, outcome unknown', isError: true } }]);
    expect(lines('runs')).toEqual(['run']);
    expect(lines('ticks')).toHaveLength(ticks);
    socket.close();
  });
});
