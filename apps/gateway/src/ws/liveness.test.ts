import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startTestGateway, type TestGateway } from '../__fixtures__/test-gateway.ts';
import { openTestSocket } from '../__fixtures__/test-socket.ts';
import { pause, until } from '../__fixtures__/until.ts';
import { systemClock } from '../clock.ts';
import { GRACE_MS, HEARTBEAT_MS } from './heartbeat.ts';

/** Everything happens this many times as fast. */
const SPEED = 20;

let test: TestGateway;
beforeAll(async () => {
  const clock = {
    wall: systemClock.wall,
    mono: () => systemClock.mono() * SPEED,
    after: (ms: number, callback: () => void) => systemClock.after(ms / SPEED, callback),
  };
  test = await startTestGateway({ parts: { clock } });
});
afterAll(() => test.stop());

describe('the heartbeat', () => {
  it('ruling 12: is a control ping and a JSON ping; an old client that answers the control ping alone lives', async () => {
    const socket = await openTestSocket(test.wsUrl);
    let pings = 0;
    socket.socket.on('ping', () => {
      pings += 1;
    });
    const beats = () => socket.frames.filter(({ type }) => type === 'ping');
    await until('four beats', () => beats().length >= 4);
    expect(beats()[0]).toEqual({ type: 'ping', t: expect.any(Number), head: 0 });
    expect(Math.abs(pings - beats().length)).toBeLessThanOrEqual(1);
    expect(socket.socket.readyState).toBe(WebSocket.OPEN);
    socket.socket.terminate();
  });

  it("RT-05: the JSON ping tells the newest number of the user's stream", async () => {
    const socket = await openTestSocket(test.wsUrl);
    await socket.next(({ type }) => type === 'catalog');
    test.kernel.users.emit(['usr_owner'], 'a');
    await socket.next(({ type }) => type === 'user.event');
    expect(await socket.next((frame) => frame.type === 'ping' && frame['head'] !== 0)).toMatchObject({
      head: 1,
    });
    socket.socket.terminate();
  });

  it('any frame is a sign of life, a pong need not come', async () => {
    const socket = new WebSocket(test.wsUrl, { autoPong: false });
    await new Promise((resolve) => socket.once('open', resolve));
    for (let beat = 0; beat < 50; beat += 1) {
      socket.send('{"type":"ping"}');
      await pause(GRACE_MS / SPEED / 5);
    }
    expect(socket.readyState).toBe(WebSocket.OPEN);
    socket.terminate();
  });

  it('R5: a peer that answers nothing is cut off within 35 s', async () => {
    const { port, hostname } = new URL(test.wsUrl);
    const silent = connect(Number(port), hostname);
    silent.on('error', () => undefined).resume();
    silent.write(
      `GET / HTTP/1.1\r\nHost: ${hostname}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
    );
    await new Promise((resolve) => silent.once('data', resolve));
    const started = performance.now();
    await new Promise((resolve) => silent.once('close', resolve));
    // One beat's worth of slack for a busy machine.
    expect((performance.now() - started) * SPEED).toBeLessThan(HEARTBEAT_MS * 2 + GRACE_MS);
  });
});
