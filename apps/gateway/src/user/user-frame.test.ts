import type { Duplex } from 'node:stream';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as ws from 'ws';
import { namedEvent } from '../__fixtures__/fake-users.ts';
import { BATCH_BYTES, BATCH_FRAMES, Batch } from '../ws/batch.ts';
import { writesPlainly } from '../ws/writes-plainly.ts';
import { FrameMemory } from './frame-memory.ts';
import { readResume } from './read-resume.ts';
import { UserFrame } from './user-frame.ts';
import { UserRing, WINDOW } from './user-ring.ts';

const frameOf = (name: string) => new UserFrame({ type: 'user.event', event: namedEvent(name) });

/** What the library reads with; its types do not tell of it. */
const { Receiver } = ws as unknown as { Receiver: new (options: object) => PassThrough };

/** The texts a client of ours reads out of bytes. */
function received(bytes: Buffer): string[] {
  const receiver = new Receiver({ isServer: false });
  const texts: string[] = [];
  receiver.on('message', (data: Buffer) => texts.push(data.toString('utf8')));
  receiver.write(bytes);
  return texts;
}

describe('a frame that is encoded once', () => {
  it('is a whole WebSocket message with any number, of any length', () => {
    const names = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.nat({ max: 70_000 }).map((length) => 'x'.repeat(length)),
    );
    const seqs = fc.array(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), { minLength: 1 });
    fc.assert(
      fc.property(names, seqs, (name, numbers) => {
        const frame = frameOf(name);
        const event = JSON.parse(JSON.stringify(namedEvent(name)));
        for (const seq of numbers) {
          const [text = ''] = received(frame.message(seq));
          expect(JSON.parse(text)).toEqual({ type: 'user.event', seq, event });
          expect(frame.text(seq).toString('utf8')).toBe(text);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('what one user was given stays as it was when another gets theirs', () => {
    const frame = frameOf('a');
    const [one, two] = [frame.message(1), frame.message(22)];
    expect(frame.message(22)).toBe(two);
    expect(received(Buffer.concat([one, two])).map((text) => JSON.parse(text).seq)).toEqual([1, 22]);
  });

  it('a skip has a number and nothing else', () => {
    expect(JSON.parse(received(new UserFrame({ type: 'user.skip' }).message(7))[0] ?? '')).toEqual({
      type: 'user.skip',
      seq: 7,
    });
  });
});

describe('RT-14: a batch', () => {
  it('holds frames of both kinds, a line each, up to its bounds', () => {
    const batch = new Batch();
    const frame = frameOf('a');
    for (let seq = 1; batch.hasRoomFor(frame); seq += 1) batch.add(frame, seq);
    expect(batch.hasRoomFor(Buffer.from('{}'))).toBe(false);
    const { bytes, text } = batch.take();
    expect(batch.isEmpty).toBe(true);
    expect(received(bytes)).toEqual([text.toString('utf8')]);
    const lines = text.toString('utf8').split('\n');
    expect(lines).toHaveLength(BATCH_FRAMES);
    expect(lines.map((line) => JSON.parse(line).seq)).toEqual(lines.map((_, index) => index + 1));
    batch.add(Buffer.from('{"type":"pong"}'));
    batch.add(frame, 3);
    expect(
      batch
        .take()
        .text.toString('utf8')
        .split('\n')
        .map((line) => JSON.parse(line).type),
    ).toEqual(['pong', 'user.event']);
  });

  it('a frame above the bound goes alone', () => {
    const batch = new Batch();
    const large = Buffer.from(JSON.stringify('x'.repeat(BATCH_BYTES)));
    expect(batch.hasRoomFor(large)).toBe(false);
    batch.add(large);
    expect(batch.hasRoomFor(Buffer.from('{}'))).toBe(false);
    expect(received(batch.take().bytes)).toEqual([large.toString('utf8')]);
  });
});

describe('RT-11: what is kept', () => {
  it('is the newest 500, at a place each, and grows on demand', () => {
    const memory = new FrameMemory();
    const ring = new UserRing(memory, 10);
    expect([ring.first, ring.last, ring.get(10)]).toEqual([11, 10, undefined]);
    for (let seq = 11; seq <= 1_000; seq += 1) ring.push(frameOf(`${seq}`));
    expect([ring.first, ring.last]).toEqual([1_001 - WINDOW, 1_000]);
    expect(ring.get(1_000 - WINDOW)).toBeUndefined();
    for (const seq of [ring.first, 777, 1_000]) {
      expect(JSON.parse(ring.get(seq)?.text(seq).toString('utf8') ?? '')).toMatchObject({
        event: namedEvent(`${seq}`),
      });
    }
    ring.clear();
    expect(memory.bytes).toBe(0);
  });

  it('counts an event of many users once, and gives up the oldest of all when it is too much', () => {
    const size = frameOf('00').bytes;
    const memory = new FrameMemory(size * 10);
    const rings = [new UserRing(memory, 0), new UserRing(memory, 0)];
    for (let seq = 1; seq <= 10; seq += 1) {
      const frame = frameOf(`${seq}`.padStart(2, '0'));
      for (const ring of rings) ring.push(frame);
    }
    expect(memory.bytes).toBe(size * 10);
    rings[1]?.clear();
    expect(memory.bytes).toBe(size * 10);
    const other = new UserRing(memory, 0);
    for (let seq = 1; seq <= 4; seq += 1) other.push(frameOf('xx'));
    expect(memory.bytes).toBe(size * 10);
    expect([rings[0]?.first, other.first]).toEqual([5, 1]);
    rings[0]?.clear();
    other.clear();
    expect(memory.bytes).toBe(0);
  });
});

describe('the way past the library', () => {
  const stream = new PassThrough() as Duplex;
  const socket = (inside: object) => inside as ws.WebSocket;

  it('is taken only while nothing of its own waits, and only when it is as we know it', () => {
    expect(writesPlainly(socket({ _sender: { _socket: stream, _state: 0 } }), stream)).toBe(true);
    expect(writesPlainly(socket({ _sender: { _socket: stream, _state: 1 } }), stream)).toBe(false);
    expect(writesPlainly(socket({ _sender: { _socket: new PassThrough(), _state: 0 } }), stream)).toBe(false);
    expect(writesPlainly(socket({ _sender: { _socket: stream } }), stream)).toBe(false);
    expect(writesPlainly(socket({}), stream)).toBe(false);
  });
});

describe('a cursor in an address', () => {
  it.each([
    ['/ws', undefined],
    ['/ws?x=1', undefined],
    ['/ws?resume=abc.0', { epoch: 'abc', seq: 0 }],
    ['/ws?x=1&resume=9b2e7c55d0a14a3f.41', { epoch: '9b2e7c55d0a14a3f', seq: 41 }],
    ['/ws?resume_from=0', { seq: 0 }],
    ['/ws?resume=abc.1&resume_from=7', { epoch: 'abc', seq: 1 }],
    ['/ws?resume=.1', 'malformed'],
    ['/ws?resume=abc.-1', 'malformed'],
    ['/ws?resume=abc.1.2', 'malformed'],
    ['/ws?resume_from=', 'malformed'],
    ['/ws?resume_from=%31', { seq: 1 }],
    ['/ws?resume=%E0%A4%A', 'malformed'],
  ])('R3: %s', (url, cursor) => {
    expect(readResume(url)).toEqual(cursor);
  });

  it('R3: is never an exception', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const cursor = readResume(`/?resume=${text}`);
        expect(cursor === 'malformed' || (cursor !== undefined && Number.isSafeInteger(cursor.seq))).toBe(
          true,
        );
      }),
    );
  });
});
