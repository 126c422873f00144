import { afterEach, expect, it } from 'vitest';
import { slowClock } from '../__fixtures__/slow-clock.ts';
import { startTestGateway, type TestGateway, type TestGatewayOptions } from '../__fixtures__/test-gateway.ts';
import { openTestSocket, type TestSocket } from '../__fixtures__/test-socket.ts';
import { pause, until } from '../__fixtures__/until.ts';

const PAIRS = 25_000;

let test: TestGateway;
let busy: TestSocket;
let quiet: TestSocket;
async function start(parts: TestGatewayOptions['parts'] = {}): Promise<void> {
  test = await startTestGateway({ parts });
  [busy, quiet] = await Promise.all([openTestSocket(test.wsUrl), openTestSocket(test.wsUrl)]);
}
afterEach(async () => {
  for (const { socket } of [busy, quiet]) socket.terminate();
  await test.stop();
});

/** More than a link may hold, none of it asking for an answer. */
function flood(): void {
  for (let count = 0; count < PAIRS; count += 1) {
    const conversationId = `${count}`.padEnd(128, 'x');
    busy.send({ type: 'chat.subscribe', conversationId });
    busy.send({ type: 'chat.unsubscribe', conversationId });
  }
}

it('L1: a client that asks faster than the kernel reads waits; the link stays, nothing is lost, others are served', async () => {
  // A busy machine may well take the five seconds of a kernel that is given up.
  await start({ clock: slowClock(6) });
  test.kernel.pauseLinks();
  flood();
  busy.send({ type: 'ping', id: 'last' });
  await until('the kernel is behind', () => test.gateway.services.kernel.isFull);
  await pause(500);
  expect(busy.socket.bufferedAmount).toBeGreaterThan(0);
  quiet.send({ type: 'chat.subscribe', conversationId: 'q', id: 'q' });
  test.kernel.resumeLinks();
  await quiet.next(({ type }) => type === 'ack');
  await busy.next(({ type }) => type === 'ack');
  const heard = () => test.kernel.upFrames.filter(({ type }) => type === 'watch' || type === 'unwatch');
  await until('the kernel heard all', () => heard().length === 2 * PAIRS + 1);
  expect(test.kernel.upFrames.filter(({ type }) => type === 'watch')).toHaveLength(PAIRS + 1);
  expect(quiet.frames.map(({ type }) => type)).not.toContain('status');
}, 60_000);

it('L1: a kernel that never reads again is given up, and who waited for it is heard again', async () => {
  await start();
  test.kernel.pauseLinks();
  flood();
  busy.send({ type: 'ping', id: 'last' });
  const told = () => quiet.frames.filter(({ type }) => type === 'status').map((frame) => frame['kernel']);
  await until('the link is made anew', () => told().join() === 'down,up', 40_000);
  await busy.next(({ type }) => type === 'ack');
}, 60_000);
