import { encodeFrame } from '@dispatch/link';
import { describe, expect, it } from 'vitest';
import type { IoRecord } from './io-log.ts';
import { Promised, untold, whatWasTold } from './promises.ts';

const accept = (fd: number): IoRecord => ({ kind: 'accept', fd, number: 0, data: Buffer.alloc(0) });
const send = (fd: number, data: Buffer | string): IoRecord => ({
  kind: 'send',
  fd,
  number: 0,
  data: Buffer.from(data),
});
const event = { type: 'text-delta', conversationId: 'c', turnId: 't', delta: 'hé' };
const frame = encodeFrame({ topic: 'turn:c', frame: { type: 'chat.delta', event, n: 2 } });
const answer = 'HTTP/1.1 200 OK\r\n\r\n{"outcome":"started","conversationId":"c","turnId":"t"}';

const records = [
  accept(20),
  send(20, encodeFrame({ type: 'welcome' })),
  accept(21),
  send(21, answer),
  send(20, frame.subarray(0, 9)),
  send(20, frame.subarray(9)),
  // The descriptors are given away again, the other way round.
  accept(20),
  send(20, answer.replace('started', 'repeated')),
  send(20, answer.replace('started', 'busy')),
];

describe('what a kernel told', () => {
  it('is read from what it sent, at the record that completed it', () => {
    const body = JSON.stringify(event);
    expect(whatWasTold(records)).toEqual([
      { at: 3, kind: 'acknowledged', conversationId: 'c', turnId: 't' },
      { at: 5, kind: 'event', conversationId: 'c', turnId: 't', n: 2, body },
      { at: 7, kind: 'acknowledged', conversationId: 'c', turnId: 't' },
    ]);
  });

  it('is promised from that record on', () => {
    const promised = new Promised(whatWasTold(records), new Map([['t', 'hello']]));
    promised.advance(5);
    expect([...promised.acknowledged]).toEqual([['t', { conversationId: 'c', text: 'hello' }]]);
    expect(promised.events.size).toBe(0);
    const copy = promised.copy();
    promised.advance(6);
    expect(promised.events.get('t')?.get(2)).toBe(JSON.stringify(event));
    expect(copy.acknowledged.size).toBe(1);
    expect(copy.events.size).toBe(0);
  });

  it('covers what people saw, or is not whole', () => {
    const told = whatWasTold(records);
    const saw = (turnId: string, delta: string) => ({
      acknowledged: new Map([[turnId, 'hello']]),
      seen: new Map([['t', [undefined, undefined, { ...event, delta }] as never]]),
      contradictions: [],
    });
    const beginning = [0, 1].map((n) => `event ${n} of t`);
    expect(untold(told, [saw('t', 'hé')])).toEqual(beginning);
    expect(untold(told, [saw('u', 'hé')])).toEqual(['the acknowledgement of u', ...beginning]);
    expect(untold(told, [saw('t', 'ho')])).toEqual([...beginning, 'event 2 of t']);
  });
});
