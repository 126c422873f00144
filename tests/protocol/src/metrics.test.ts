import { readFileSync } from 'node:fs';
import {
  type DispatchProcesses,
  eventually,
  openSocket,
  request,
  startDispatch,
} from '@dispatch/tests-processes';
import { afterAll, beforeAll, expect, it } from 'vitest';

const page = readFileSync(new URL('../../../docs/operating/metrics.md', import.meta.url), 'utf8');
const documented = [...page.matchAll(/^\| `(dispatch_\w+)` \| (\w+) \|/gm)].map(
  ([, name, kind]) => `${name} ${kind}`,
);

let dispatch: DispatchProcesses;
beforeAll(async () => {
  dispatch = await startDispatch();
});
afterAll(() => dispatch.stop());

const scrape = async () => {
  const response = await fetch(`${dispatch.httpUrl}/metrics`);
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
};
/** The value of one series; undefined: it was not told. */
const figure = (text: string, series: string): number | undefined => {
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
};

it('every documented metric is exported, and every exported one is documented', async () => {
  const { status, type, text } = await scrape();
  expect(status).toBe(200);
  expect(type).toContain('text/plain; version=0.0.4');
  const exported = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name, kind]) => `${name} ${kind}`);
  expect(exported.length).toBeGreaterThan(15);
  expect(new Set(exported).size).toBe(exported.length);
  expect([...exported].sort()).toEqual([...documented].sort());
});

it('figures follow what happens, and no label names a person or a conversation', async () => {
  const socket = await openSocket(dispatch.wsUrl);
  await socket.frame('a snapshot', ({ type }) => type === 'presence.snapshot');
  socket.send({
    type: 'chat.send',
    conversationId: 'metrics-canary',
    message: 'hello',
    model: 'demo/fast',
    id: '1',
  });
  await socket.sealed();
  socket.send({ type: 'nothing-like-it', id: '2' });
  socket.send({ type: 'chat.subscribe', conversationId: 'metrics-canary-2', turnId: 'trn_x', after: 3 });
  await socket.frame('a reset', ({ type }) => type === 'chat.reset');
  await request(dispatch.httpUrl, 'GET', '/nothing/here');
  const { text } = await scrape();
  expect(figure(text, 'dispatch_gateway_connections{kind="websocket"}')).toBe(1);
  expect(figure(text, 'dispatch_gateway_refusals_total{code="unknown-frame"}')).toBe(1);
  expect(figure(text, 'dispatch_gateway_refusals_total{code="not-found"}')).toBe(1);
  expect(figure(text, 'dispatch_gateway_resumes_total{result="unknown-turn"}')).toBe(1);
  expect(figure(text, 'dispatch_gateway_deliveries_total{kind="websocket"}')).toBeGreaterThan(5);
  expect(figure(text, 'dispatch_kernel_turns_started_total')).toBe(1);
  expect(figure(text, 'dispatch_kernel_turns_ended_total{reason="stop"}')).toBe(1);
  expect(figure(text, 'dispatch_kernel_turns_running')).toBe(0);
  expect(figure(text, 'dispatch_kernel_users_online')).toBe(1);
  expect(
    figure(text, 'dispatch_kernel_commit_duration_seconds_count{kind="commit",outcome="committed"}'),
  ).toBeGreaterThan(1);
  for (const name of ['metrics-canary', 'usr_', 'ses_', 'trn_', 'demo/']) expect(text).not.toContain(name);
  socket.close();
});

it('O3: without its kernel the gateway lives, is not ready, and still tells its own figures', async () => {
  await dispatch.kernel.kill();
  const unready = await eventually('not ready', async () => {
    const answer = await request(dispatch.httpUrl, 'GET', '/readyz');
    return answer.status === 503 && answer;
  });
  expect(unready.body).toMatchObject({ ok: false, code: 'kernel-unavailable' });
  expect((await request(dispatch.httpUrl, 'GET', '/health')).body).toEqual({ ok: true });
  const { status, text } = await scrape();
  expect(status).toBe(200);
  expect(figure(text, 'dispatch_gateway_link_up')).toBe(0);
  expect(text).not.toContain('dispatch_kernel_');
});
