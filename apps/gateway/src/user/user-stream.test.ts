import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../__fixtures__/test-gateway.ts';
import { openTestSocket, refusedUpgrade, type TestSocket } from '../__fixtures__/test-socket.ts';
import { until } from '../__fixtures__/until.ts';
import { WINDOW } from './user-ring.ts';

const OWNER = 'usr_owner';
let test: TestGateway;
const sockets: TestSocket[] = [];
beforeEach(async () => {
  test = await startTestGateway();
});
afterEach(async () => {
  for (const { socket } of sockets.splice(0)) socket.terminate();
  await test.stop();
});

async function open(query = ''): Promise<TestSocket> {
  const socket = await openTestSocket(`${test.wsUrl}/ws${query}`);
  sockets.push(socket);
  await socket.next(({ type }) => type === 'catalog');
  return socket;
}

function emit(count: number, name = 'e'): void {
  for (let index = 0; index < count; index += 1) test.kernel.users.emit([OWNER], `${name}${index}`);
}

const numbersOf = ({ frames }: TestSocket) =>
  frames.filter(({ type }) => type === 'user.event' || type === 'user.skip').map(({ seq }) => Number(seq));
const from = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, n) => first + n);
/** Resolves once the socket has the number, with all it has. */
async function upTo(socket: TestSocket, seq: number): Promise<number[]> {
  await socket.next((frame) => frame.type.startsWith('user.') && frame['seq'] === seq);
  return numbersOf(socket);
}
const questions = () => test.kernel.upFrames.filter(({ type }) => type === 'user').length;
async function leave(socket: TestSocket): Promise<void> {
  socket.socket.terminate();
  await socket.closed;
}

describe('resume', () => {
  it('R1: every tab gets every event once, in order, as one frame a message', async () => {
    const [one, two] = [await open(), await open()];
    emit(3);
    expect(await upTo(one, 3)).toEqual([1, 2, 3]);
    expect(await upTo(two, 3)).toEqual([1, 2, 3]);
    expect(one.frames.at(-1)).toEqual({
      type: 'user.event',
      seq: 3,
      event: { type: 'conversation.closed', conversationId: 'e2' },
    });
    expect(one.frames[0]).toMatchObject({ type: 'hello', head: 0, resumed: false });
    expect(questions()).toBe(1);
  });

  it('R1: what was missed follows hello and catalog, from memory, also when no tab was left', async () => {
    await leave(await open());
    emit(5);
    const back = await open('?resume=epoch-1.2');
    expect(await upTo(back, 5)).toEqual([3, 4, 5]);
    expect(back.frames.slice(0, 3).map(({ type }) => type)).toEqual(['hello', 'catalog', 'user.event']);
    expect(back.frames[0]).toMatchObject({ head: 5, resumed: true });
    expect(back.frames[0]).not.toHaveProperty('reason');
    const number = await open('?resume_from=4');
    expect(await upTo(number, 5)).toEqual([5]);
    expect(questions()).toBe(1);
  });

  it('RT-06: a stream without events resumes; two resumes in a row repeat nothing', async () => {
    const first = await open('?resume=epoch-1.0');
    expect(first.frames[0]).toMatchObject({ head: 0, resumed: true });
    emit(2);
    await upTo(first, 2);
    await leave(first);
    for (const _ of [1, 2]) {
      const again = await open('?resume=epoch-1.2');
      expect(again.frames[0]).toMatchObject({ head: 2, resumed: true });
      again.send({ type: 'ping' });
      await again.next(({ type }) => type === 'pong');
      expect(numbersOf(again)).toEqual([]);
    }
  });

  it.each([
    ['?resume=epoch-0.1', 'unknown-epoch'],
    ['?resume=epoch-1.9', 'ahead'],
    ['?resume_from=4', 'ahead'],
    ['?resume=1', 'malformed'],
    ['?resume=', 'malformed'],
    ['?resume_from=-1', 'malformed'],
    ['?resume_from=1e3', 'malformed'],
    ['?resume=epoch-1.99999999999999999999', 'malformed'],
  ])('R3: %s is refused as %s, and the stream goes on', async (query, reason) => {
    await open();
    emit(3);
    const socket = await open(query);
    expect(socket.frames[0]).toMatchObject({ head: 3, resumed: false, reason });
    emit(1);
    expect(await upTo(socket, 4)).toEqual([4]);
  });

  it('R2: a cursor behind the memory is served from the store, while others go on and new ones come', async () => {
    emit(700);
    const [live, fresh] = [await open(), await open('?resume=epoch-1.650')];
    expect(await upTo(fresh, 700)).toEqual(from(651, 700));
    emit(WINDOW + 100, 'x');
    await upTo(live, 1_300);
    const asked = questions();
    test.kernel.users.isHeld = true;
    const opening = open('?resume=epoch-1.10');
    await until('the kernel is asked', () => questions() === asked + 1);
    emit(3, 'meanwhile');
    test.kernel.users.release();
    const deep = await opening;
    emit(2, 'after');
    expect(await upTo(deep, 1_305)).toEqual(from(11, 1_305));
    expect(await upTo(live, 1_305)).toEqual(from(701, 1_305));
    expect(deep.frames[0]).toMatchObject({ head: 1_303, resumed: true });
  });

  it('R2: a cursor older than the store is told so, also when the kernel goes on behind it', async () => {
    emit(20);
    const live = await open();
    test.kernel.users.of(OWNER).floor = 10;
    const old = await open('?resume=epoch-1.9');
    expect(old.frames[0]).toMatchObject({ head: 20, resumed: false, reason: 'too-old' });
    const edge = await open('?resume=epoch-1.10');
    emit(2);
    expect(await upTo(old, 22)).toEqual([21, 22]);
    expect(await upTo(edge, 22)).toEqual(from(11, 22));
    expect(await upTo(live, 22)).toEqual([21, 22]);
  });

  it('R4: what may no longer be seen comes as a skip when the kernel replays it', async () => {
    emit(3);
    test.kernel.users.of(OWNER).hidden.add(2);
    const socket = await open('?resume=epoch-1.0');
    expect(await upTo(socket, 3)).toEqual([1, 2, 3]);
    expect(socket.frames.find(({ seq }) => seq === 2)).toEqual({ type: 'user.skip', seq: 2 });
  });
});

describe('the kernel and the gateway go and come', () => {
  it('E11: over a restart of the kernel everybody gets what was written meanwhile, once, before `up`', async () => {
    const [one, two] = [await open(), await open()];
    emit(2);
    await upTo(one, 2);
    await test.restartKernel((kernel) => {
      for (const name of ['a', 'b', 'c']) kernel.users.emit([OWNER], name);
    });
    await one.next((frame) => frame.type === 'status' && frame['kernel'] === 'up');
    emit(1);
    expect(await upTo(one, 6)).toEqual(from(1, 6));
    expect(await upTo(two, 6)).toEqual(from(1, 6));
    const types = one.frames.map((frame) => (frame['kernel'] as string) ?? frame['seq']);
    expect(types.indexOf('up')).toBeGreaterThan(types.indexOf('down'));
  });

  it('R1: who comes while the kernel is down is served from memory; who needs the store is refused', async () => {
    await open();
    emit(2);
    test.kernel.kill();
    await until('the link is down', () => test.gateway.services.kernel.state === 'down');
    const back = await open('?resume=epoch-1.0');
    expect(await upTo(back, 2)).toEqual([1, 2]);
    expect(back.frames.map(({ type }) => type).slice(0, 3)).toEqual(['hello', 'catalog', 'status']);
    const refused = await refusedUpgrade(`${test.wsUrl}/ws?resume=epoch-1.7`);
    expect([refused.status, refused.body['code']]).toEqual([503, 'kernel-unavailable']);
  });

  it('R2: another epoch voids what is here: everybody is sent to come back, and told so then', async () => {
    const socket = await open();
    emit(2);
    await upTo(socket, 2);
    test.kernel.store.epoch = 'epoch-2';
    test.kernel.store.streams.clear();
    await test.restartKernel();
    expect(await socket.closed).toBe(1012);
    const back = await open('?resume=epoch-1.2');
    expect(back.frames[0]).toMatchObject({
      epoch: 'epoch-2',
      head: 0,
      resumed: false,
      reason: 'unknown-epoch',
    });
  });

  it('a kernel that lost what it had given out sends who has it away', async () => {
    const socket = await open();
    emit(3);
    await upTo(socket, 3);
    test.kernel.users.of(OWNER).events.splice(1);
    await test.restartKernel();
    expect(await socket.closed).toBe(1012);
    const back = await open('?resume=epoch-1.3');
    expect(back.frames[0]).toMatchObject({ head: 1, resumed: false, reason: 'ahead' });
  });

  it('a gap on the link makes it anew from what is known', async () => {
    const socket = await open();
    emit(1);
    await upTo(socket, 1);
    test.kernel.users.of(OWNER).events.push(...test.kernel.users.of(OWNER).events);
    emit(1);
    expect(await upTo(socket, 3)).toEqual([1, 2, 3]);
  });
});

describe('E7: a reader that stalls', () => {
  it('slows nobody, is sent away, and comes back to what it missed', async () => {
    const [stalled, live] = [await open(), await open()];
    stalled.socket.pause();
    const name = 'x'.repeat(2_000);
    let waited = 0;
    for (let round = 0; round < 40; round += 1) {
      const started = performance.now();
      for (let index = 0; index < 100; index += 1) test.kernel.users.emit([OWNER], name);
      await upTo(live, (round + 1) * 100);
      waited = Math.max(waited, performance.now() - started);
    }
    expect(waited).toBeLessThan(2_000);
    await until('it is sent away', () => test.gateway.sockets.count === 1);
    const last = numbersOf(stalled).at(-1) ?? 0;
    stalled.socket.terminate();
    const back = await open(`?resume=epoch-1.${last}`);
    expect((await upTo(back, 4_000)).length).toBe(4_000 - last);
  });
});

describe('what a socket is sent', () => {
  it('RT-14: who can read them gets the frames of one moment in one message; nobody else does', async () => {
    const [plain, batched] = [await open(), await open()];
    batched.socket.removeAllListeners('message');
    const messages: string[] = [];
    batched.socket.on('message', (data) => messages.push(data.toString()));
    batched.send({ type: 'client.hello', capabilities: ['batch'], id: 'hello' });
    await until('it is batched', () => messages.length === 1);
    const names = from(1, 600).map((index) => `${index}`);
    for (const name of names) test.kernel.users.emit([OWNER], name);
    const lines = () => messages.flatMap((text) => text.split('\n').map((line) => JSON.parse(line)));
    await until('all is there', () => lines().length === 601);
    expect(
      lines()
        .slice(1)
        .map(({ seq }) => seq),
    ).toEqual(from(1, 600));
    expect(messages.length).toBeLessThan(100);
    expect(Math.max(...messages.map((text) => text.split('\n').length))).toBeLessThanOrEqual(256);
    expect(await upTo(plain, 600)).toEqual(from(1, 600));
  });
});
