import { isDeepStrictEqual } from 'node:util';
import { FrameDecoder } from '@dispatch/link';
import type { Observations } from '../kill/observations.ts';
import type { IoRecord } from './io-log.ts';

/** Something the kernel told somebody, and with that promised to keep. */
export type Told = {
  /** Index of the record with which it left the kernel. */
  readonly at: number;
  readonly conversationId: string;
  readonly turnId: string;
} & (
  | { readonly kind: 'acknowledged' }
  | { readonly kind: 'event'; readonly n: number; readonly body: string }
);

interface Answer {
  readonly outcome: string;
  readonly conversationId: string;
  readonly turnId: string;
}

interface DownFrame {
  readonly frame?: {
    readonly type: string;
    readonly n?: number;
    readonly event?: { readonly conversationId?: string; readonly turnId?: string };
  };
}

const ANSWER = /\{"outcome":"(?:started|repeated)"[^{}]*\}/g;

/** Everything the kernel told, in order: acknowledgements on rpc.sock, events on events.sock. */
export function whatWasTold(records: readonly IoRecord[]): Told[] {
  const told: Told[] = [];
  const frames = new Map<number, FrameDecoder>();
  const takeFrames = (fd: number, data: Buffer, at: number) => {
    const decoder = frames.get(fd);
    decoder?.push(data, (frame) => {
      const { type, n, event } = (frame as DownFrame).frame ?? {};
      const { conversationId, turnId } = event ?? {};
      if (type !== 'chat.delta' || n === undefined || turnId === undefined) return;
      const body = JSON.stringify(event);
      told.push({ at, kind: 'event', conversationId: conversationId ?? '', turnId, n, body });
    });
  };
  for (const [at, { kind, fd, data }] of records.entries()) {
    if (kind === 'accept') frames.delete(fd);
    if (kind !== 'send') continue;
    if (frames.has(fd)) takeFrames(fd, data, at);
    else if (data.length >= 4 && data.readUInt32BE(0) < 2 ** 24) {
      // No HTTP answer begins with a zero byte, and no frame is so long that its length does not.
      frames.set(fd, new FrameDecoder());
      takeFrames(fd, data, at);
    }
    if (frames.has(fd)) continue;
    for (const [answer] of data.toString('latin1').matchAll(ANSWER)) {
      const { conversationId, turnId } = JSON.parse(answer) as Answer;
      told.push({ at, kind: 'acknowledged', conversationId, turnId });
    }
  }
  return told;
}

/** What people saw and the kernel is not known to have told: empty, or the log of the kernel's own sends is not whole. */
export function untold(told: readonly Told[], people: readonly Observations[]): string[] {
  const answers = new Set<string>();
  const events = new Map<string, string>();
  for (const one of told) {
    if (one.kind === 'acknowledged') answers.add(one.turnId);
    else events.set(`${one.turnId} ${one.n}`, one.body);
  }
  const missing: string[] = [];
  for (const { acknowledged, seen } of people) {
    for (const turnId of acknowledged.keys())
      if (!answers.has(turnId)) missing.push(`the acknowledgement of ${turnId}`);
    for (const [turnId, of] of seen) {
      for (const [n, event] of of.entries()) {
        const body = events.get(`${turnId} ${n}`);
        if (body === undefined || !isDeepStrictEqual(JSON.parse(body), event))
          missing.push(`event ${n} of ${turnId}`);
      }
    }
  }
  return missing;
}

/** What the kernel has promised up to some moment. */
export class Promised {
  /** Conversation and, as far as its sender knows, text of each acknowledged message, by turn. */
  readonly acknowledged = new Map<string, { readonly conversationId: string; readonly text?: string }>();
  /** Events told of each turn, by `n`. */
  readonly events = new Map<string, Map<number, string>>();
  readonly #told: readonly Told[];
  readonly #texts: ReadonlyMap<string, string>;
  #next = 0;

  constructor(told: readonly Told[], texts: ReadonlyMap<string, string>) {
    this.#told = told;
    this.#texts = texts;
  }

  /** Moves on to the moment when `records` records were made; never back. */
  advance(records: number): void {
    for (; this.#next < this.#told.length; this.#next += 1) {
      const one = this.#told[this.#next];
      if (one === undefined || one.at >= records) return;
      const { conversationId, turnId } = one;
      if (one.kind === 'event') {
        const events = this.events.get(turnId) ?? new Map<number, string>();
        this.events.set(turnId, events.set(one.n, one.body));
      } else {
        const text = this.#texts.get(turnId);
        this.acknowledged.set(turnId, { conversationId, ...(text === undefined ? {} : { text }) });
      }
    }
  }

  /** As it is now. */
  copy(): Promised {
    const copy = new Promised(this.#told, this.#texts);
    copy.advance(this.#next === 0 ? 0 : (this.#told[this.#next - 1]?.at ?? 0) + 1);
    return copy;
  }
}
