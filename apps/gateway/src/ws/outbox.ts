import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Clock } from '../clock.ts';
import type { Reader, UnsentBudget } from '../limits/unsent-budget.ts';
import { UNSENT_CAP_BYTES, UnsentGuard } from '../unsent-guard.ts';
import type { UserFrame } from '../user/user-frame.ts';
import { Batch } from './batch.ts';
import type { Departure, Flushable } from './end-of-turn.ts';
import { writesPlainly } from './writes-plainly.ts';

/** Time a client that is sent away has to read why. */
const FAREWELL_MS = 1_000;

/** When messages leave: single frames at the end of a turn of ours, frames that may come together at the end of a burst. */
export interface Departures {
  readonly turn: Departure;
  readonly burst: Departure;
}

/** Whose way out it is. */
export interface OutboxOwner {
  /** One more message was written. */
  written(): void;
  /** The client does not keep up. Called once, at most; nothing is written after it but a farewell. */
  full(): void;
}

export interface OutboxOptions {
  readonly socket: WebSocket;
  /** What the socket writes to. */
  readonly stream: Duplex;
  readonly clock: Clock;
  /** What waits for all clients together. */
  readonly budget: UnsentBudget;
  readonly departures: Departures;
  readonly owner: OutboxOwner;
}

/** The way out of one socket: never holds more than the cap, and never waits for its reader. What is written in one moment leaves in one system call. */
export class Outbox implements Flushable, Reader {
  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  readonly #clock: Clock;
  readonly #departures: Departures;
  #departure: Departure;
  readonly #owner: OutboxOwner;
  /** Made when more is unsent than should be. */
  #guard: UnsentGuard | undefined;
  readonly #budget: UnsentBudget;
  #batch: Batch | undefined;
  #isHeld = false;
  #isClosing = false;

  constructor({ socket, stream, clock, budget, departures, owner }: OutboxOptions) {
    this.#socket = socket;
    this.#stream = stream;
    this.#clock = clock;
    this.#departures = departures;
    this.#departure = departures.turn;
    this.#budget = budget;
    this.#owner = owner;
  }

  /** The client takes several frames in one message. */
  batch(): void {
    this.#batch ??= new Batch();
    this.#departure = this.#departures.burst;
  }

  /** One text frame. Dropped when the socket is closing. */
  write(text: Buffer | string): void {
    if (!this.#mayWrite()) return;
    this.#hold();
    if (this.#batch === undefined) this.#socket.send(text, { binary: false });
    else this.#collect(this.#batch, typeof text === 'string' ? Buffer.from(text, 'utf8') : text);
    this.#owner.written();
    this.#checkUnsent();
  }

  /** One event of the user's stream with this user's number of it. */
  writeNumbered(frame: UserFrame, seq: number): void {
    if (!this.#mayWrite()) return;
    this.#hold();
    if (this.#batch !== undefined) this.#collect(this.#batch, frame, seq);
    else if (writesPlainly(this.#socket, this.#stream)) this.#stream.write(frame.message(seq));
    else this.#socket.send(frame.text(seq), { binary: false });
    this.#owner.written();
    this.#checkUnsent();
  }

  /** Last words, the close frame, and the end of the socket if the client answers neither. */
  close(code: number, lastWords: string): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.stop();
    if (this.#socket.readyState === this.#socket.OPEN) {
      if (this.#batch !== undefined) this.#sendBatch(this.#batch);
      this.#socket.send(lastWords, { binary: false });
      this.#socket.close(code);
    }
    const cancel = this.#clock.after(FAREWELL_MS, () => this.#socket.terminate());
    this.#socket.once('close', cancel);
  }

  /** The socket is gone. */
  stop(): void {
    this.#guard?.stop();
    this.#budget.forget(this);
  }

  unsent(): number {
    return this.#socket.bufferedAmount;
  }

  shed(): void {
    this.#owner.full();
  }

  flush(): void {
    this.#isHeld = false;
    if (this.#batch !== undefined && this.#mayWrite()) this.#sendBatch(this.#batch);
    this.#stream.uncork();
  }

  #checkUnsent(): void {
    const unsent = this.unsent();
    this.#budget.note(this, unsent);
    if (unsent <= UNSENT_CAP_BYTES) return;
    this.#guard ??= new UnsentGuard({
      clock: this.#clock,
      unsent: () => this.unsent(),
      onFull: () => this.#owner.full(),
    });
    this.#guard.check();
  }

  #mayWrite(): boolean {
    return !this.#isClosing && this.#socket.readyState === this.#socket.OPEN;
  }

  #hold(): void {
    if (this.#isHeld) {
      this.#departure.goesOn();
      return;
    }
    this.#isHeld = true;
    this.#stream.cork();
    this.#departure.ask(this);
  }

  #collect(batch: Batch, frame: Buffer | UserFrame, seq?: number): void {
    if (!batch.hasRoomFor(frame)) this.#sendBatch(batch);
    batch.add(frame, seq);
  }

  #sendBatch(batch: Batch): void {
    if (batch.isEmpty) return;
    const message = batch.take();
    if (writesPlainly(this.#socket, this.#stream)) this.#stream.write(message.bytes);
    else this.#socket.send(message.text, { binary: false });
  }
}
