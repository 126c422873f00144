import { CountingSocket } from '@dispatch/tests-processes';
import type { Random } from '../random.ts';

/** Back-off as every client of ours has it: full jitter, 1 to 30 s. */
const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;

const SEQ = /^\{"type":"user\.(?:event|skip)","seq":\s*(\d+)/;

/** One of a crowd: comes back by itself, from where it was. */
export class Runner {
  /** Milliseconds (monotonic) at which its last connection had its hello. Undefined: it has none now. */
  upSince: number | undefined;
  /** Upgrades that were refused. */
  refused = 0;
  /** Connections that ended without being asked to. */
  lost = 0;
  /** Hellos that did not go on where it was. */
  readonly notResumed: string[] = [];
  /** Numbers it was told, in order of arrival. */
  readonly told: number[] = [];
  readonly #url: string;
  readonly #random: Random;
  #epoch = '';
  #last = -1;
  #failures = 0;
  #isOver = false;
  #socket: CountingSocket | undefined;

  constructor(url: string, random: Random) {
    this.#url = url;
    this.#random = random;
  }

  get last(): number {
    return this.#last;
  }

  /** The first connection; later ones follow by themselves. */
  async start(): Promise<void> {
    while (!(await this.#connect())) await this.#pause();
  }

  stop(): void {
    this.#isOver = true;
    this.#socket?.cut();
  }

  async #connect(): Promise<boolean> {
    const query = this.#epoch === '' ? '' : `?resume=${this.#epoch}.${this.#last}`;
    let isGone = false;
    try {
      this.#socket = await CountingSocket.open({
        url: `${this.#url}/${query}`,
        onText: (payload) => this.#take(payload),
        onClose: () => {
          isGone = true;
          if (this.upSince !== undefined) this.#left();
        },
      });
    } catch {
      this.refused += 1;
      return false;
    }
    // The first frames may have come with the answer to the upgrade.
    return !isGone;
  }

  #left(): void {
    this.upSince = undefined;
    if (this.#isOver) return;
    this.lost += 1;
    void this.#comeBack();
  }

  async #comeBack(): Promise<void> {
    do await this.#pause();
    while (!this.#isOver && !(await this.#connect()));
  }

  async #pause(): Promise<void> {
    const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(this.#failures, 10));
    this.#failures += 1;
    await new Promise((resolve) => setTimeout(resolve, this.#random.next() * ceiling));
  }

  #take(payload: Buffer): void {
    const text = payload.toString('utf8');
    if (text.startsWith('{"type":"hello"')) this.#greeted(JSON.parse(text));
    const seq = SEQ.exec(text)?.[1];
    if (seq === undefined) return;
    this.#last = Number(seq);
    this.told.push(this.#last);
  }

  #greeted(hello: { epoch: string; head: number; resumed: boolean; reason?: string }): void {
    if (this.#epoch === '') this.#last = hello.head;
    else if (!hello.resumed) this.notResumed.push(String(hello.reason));
    this.#epoch = hello.epoch;
    this.#failures = 0;
    this.upSince = performance.now();
  }
}
