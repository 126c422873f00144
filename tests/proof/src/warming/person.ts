import {
  type DispatchProcesses,
  type Frame,
  type FrameSocket,
  openSocket,
  request,
} from '@dispatch/tests-processes';
import type { Attack } from '../harness.ts';
import { isOnAt } from './judge-warming.ts';
import type { Deed, RunTurn, WarmedConversation } from './record.ts';
import { readSchedule, scheduleFault } from './told-schedule.ts';

const SURFACE = 'cache-warming';
/** Longer than the kernel may go on dying at one place after the other on a slow machine. */
const PATIENCE_MS = 90_000;
/** What was answered so long ago must show. */
const SETTLED_MS = 500;

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export interface PersonParts {
  readonly dispatch: DispatchProcesses;
  readonly attack: Attack;
  readonly name: string;
  readonly model: string;
  readonly intervalMs: number;
  /** By how much the kernel's wall clock was off lately, in milliseconds. */
  readonly offsets: () => readonly number[];
}

type Open<T> = { -readonly [Key in keyof T]: T[Key] };

/** Somebody in one conversation who talks, closes it, has it kept warm and watches the surface, and does not give up when everything dies. */
export class Person {
  readonly conversation: WarmedConversation & { readonly deeds: Deed[]; readonly turns: RunTurn[] };
  readonly #parts: PersonParts;
  #socket: FrameSocket | undefined;
  #asked = 0;
  /** The moment on the harness's clock at which the next warm is due, as last told. Undefined: none is. */
  nextWarm: number | undefined;

  constructor(parts: PersonParts) {
    const { name: conversationId, model, intervalMs } = parts;
    this.#parts = parts;
    this.conversation = {
      conversationId,
      model: model.slice('scripted/'.length),
      intervalMs,
      deeds: [],
      turns: [],
    };
  }

  /** The first message, the working directory and the interval, and warming on. */
  async begin(cwd: string): Promise<void> {
    const path = `/conversations/${this.#parts.name}/cwd`;
    await this.#until(
      async () => (await request(this.#parts.dispatch.httpUrl, 'PUT', path, { cwd })).status === 200,
    );
    await this.turn(`I am ${this.#parts.name}`);
    await this.#invoke('cache-warming/set-interval', this.#parts.intervalMs / 1_000);
    await this.switchTo(true);
  }

  /** Switches it on or off, until that is acknowledged. */
  async switchTo(on: boolean): Promise<void> {
    await this.#deed(on ? 'on' : 'off', () => this.#invoke('cache-warming/toggle', on));
    this.#parts.attack.count(on ? 'opt-ins' : 'switched off');
  }

  /** Closes the conversation, until that is answered. */
  async close(): Promise<void> {
    const path = `/conversations/${this.#parts.name}/close`;
    await this.#deed('close', () =>
      this.#until(async () => (await request(this.#parts.dispatch.httpUrl, 'POST', path)).status === 200),
    );
    this.#parts.attack.count('closes');
  }

  /** Sends a message and waits for the end of its turn. `meanwhile` is called behind the first words. */
  async turn(message: string, meanwhile?: (turnId: string) => Promise<void>): Promise<void> {
    const idempotencyKey = crypto.randomUUID();
    const { conversationId } = this.conversation;
    const send = { type: 'chat.send', conversationId, message, model: this.#parts.model, idempotencyKey };
    const turnId = String((await this.#ask(send))['turnId']);
    const ackedAt = performance.now();
    const turn: Open<RunTurn> = { turnId, ackedAt, ranAt: ackedAt, sealedAt: Number.POSITIVE_INFINITY };
    this.conversation.turns.push(turn);
    if (meanwhile !== undefined) {
      await this.#until(async () => this.#hears(turnId, 'text-delta') || (await this.#isSealed(turnId)));
      await meanwhile(turnId);
    }
    let looks = 0;
    await this.#until(async () => {
      looks += 1;
      if (this.#hears(turnId, 'turn-sealed')) return true;
      if (looks % 10 !== 0) return false;
      const lookedAt = performance.now();
      if (await this.#isSealed(turnId)) return true;
      turn.ranAt = lookedAt;
      return false;
    });
    turn.sealedAt = performance.now();
    this.#parts.attack.count('turns');
  }

  get isOn(): boolean {
    return isOnAt(this.conversation.deeds, performance.now());
  }

  /** A socket that is lost and comes back changes nothing. */
  disconnect(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }

  /** Back again, and watching the surface. */
  async connect(): Promise<void> {
    await this.#open();
  }

  async #deed(what: Deed['what'], work: () => Promise<unknown>): Promise<void> {
    const deed: Open<Deed> = { what, askedAt: performance.now(), answeredAt: Number.POSITIVE_INFINITY };
    this.conversation.deeds.push(deed);
    await work();
    deed.answeredAt = performance.now();
  }

  async #invoke(actionId: string, payload: unknown): Promise<void> {
    const { conversationId } = this.conversation;
    await this.#ask({ type: 'invoke', surfaceId: SURFACE, actionId, payload, conversationId });
  }

  /** Asks until it is acknowledged. */
  async #ask(frame: Frame): Promise<Frame> {
    let acknowledged: Frame | undefined;
    await this.#until(async () => {
      const socket = await this.#open();
      this.#asked += 1;
      const id = `ask-${this.#asked}`;
      socket.send({ ...frame, id });
      const isAnswer = (one: Frame) => one['id'] === id;
      await this.#until(async () => socket.frames.some(isAnswer) || socket.socket.readyState !== 1);
      const answer = socket.frames.find(isAnswer);
      if (answer?.type === 'ack') acknowledged = answer;
      else if (answer !== undefined && answer['retryable'] !== true) {
        throw new Error(`${frame.type} was refused: ${JSON.stringify(answer)}`);
      }
      return acknowledged !== undefined;
    });
    return acknowledged as never as Frame;
  }

  async #open(): Promise<FrameSocket> {
    for (;;) {
      if (this.#socket?.socket.readyState === 1) return this.#socket;
      const opened = await openSocket(this.#parts.dispatch.wsUrl).catch(() => undefined);
      if (opened === undefined) {
        await pause(20);
        continue;
      }
      this.#socket = opened;
      const { conversationId } = this.conversation;
      opened.socket.on('message', (data) => this.#look(JSON.parse(data.toString())));
      opened.send({ type: 'subscribe', surfaceId: SURFACE, conversationId });
      opened.send({ type: 'chat.subscribe', conversationId });
    }
  }

  #look(frame: Frame): void {
    const told = readSchedule(frame);
    if (told === undefined) return;
    const { attack, offsets, intervalMs, name } = this.#parts;
    const now = performance.timeOrigin + performance.now();
    attack.count('schedules told');
    const fault = scheduleFault(told, now, offsets());
    if (fault !== undefined) attack.violation(`${fault} (${name})`);
    const ahead = told.nextWarmAt === null ? undefined : told.nextWarmAt - now - (offsets().at(-1) ?? 0);
    this.nextWarm = ahead === undefined ? undefined : performance.now() + ahead;
    const { deeds } = this.conversation;
    const last = deeds.at(-1);
    if (last === undefined || last.answeredAt > performance.now() - SETTLED_MS) return;
    if (told.on !== (last.what === 'on'))
      attack.violation(`W8: it reads ${told.on ? 'on' : 'off'} behind "${last.what}": ${told.why} (${name})`);
    if (told.intervalMs !== intervalMs)
      attack.violation(`W8: the interval reads ${told.intervalMs} ms (${name})`);
    attack.count('settled schedules');
  }

  #hears(turnId: string, type: string): boolean {
    return this.#socket?.events(turnId).some((event) => event.type === type) ?? false;
  }

  async #isSealed(turnId: string): Promise<boolean> {
    await this.#open();
    const path = `/conversations/${this.#parts.name}/metrics`;
    const { body } = await request(this.#parts.dispatch.httpUrl, 'GET', path);
    return body?.turns?.some((turn: { turnId: string }) => turn.turnId === turnId) ?? false;
  }

  /** Tries again and again, over whatever dies. */
  async #until(works: () => Promise<boolean>): Promise<void> {
    for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline; await pause(10)) {
      const done = await works().catch((error: unknown) => {
        if (String(error).includes('was refused')) throw error;
        return false;
      });
      if (done) return;
    }
    throw new Error(`${this.#parts.name} waited for ${PATIENCE_MS / 1_000} s in vain`);
  }
}
