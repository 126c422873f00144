import { type FrameSocket, openSocket } from '@dispatch/tests-processes';
import type { Random } from '../random.ts';

const RETRY_MS = 20;
const LOOK_MS = 5;
const HELLO_MS = 10_000;

/** One event as a tab was given it. Null: a number without content. */
export interface ToldEvent {
  readonly seq: number;
  readonly event: Readonly<Record<string, unknown>> | null;
}

/** What one tab wrote down over all its connections. */
export interface TabRecord {
  /** The epoch and head of its first hello: where its stream begins. */
  readonly epoch: string;
  readonly from: number;
  /** Every `user.event` and `user.skip`, in order of arrival, nothing dropped. */
  readonly told: readonly ToldEvent[];
  /** Resumes that were refused, or hellos that contradict what it had. */
  readonly contradictions: readonly string[];
  readonly resumes: number;
}

/** A tab that loses its connection now and then, comes back to where it was, and believes whatever it is told. */
export interface Tab {
  readonly record: TabRecord;
  /** Lives until `over`, and then until it has everything up to `head`. False: that never came. */
  live(over: () => number | undefined): Promise<boolean>;
}

export function createTab(name: string, wsUrl: string, random: Random, headers = {}): Tab {
  const told: ToldEvent[] = [];
  const contradictions: string[] = [];
  const record = { epoch: '', from: -1, told, contradictions, resumes: 0 };
  const last = () => told.at(-1)?.seq ?? record.from;
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  async function connect(): Promise<FrameSocket | undefined> {
    const isFirst = record.epoch === '';
    const query = isFirst ? '' : `?resume=${record.epoch}.${last()}`;
    try {
      const socket = await openSocket(`${wsUrl}/${query}`, headers);
      const hello = await socket.frame('hello', ({ type }) => type === 'hello', HELLO_MS);
      if (isFirst) Object.assign(record, { epoch: String(hello['epoch']), from: Number(hello['head']) });
      else if (hello['resumed'] === true) record.resumes += 1;
      else contradictions.push(`R1: ${name} at ${last()} was not resumed: ${String(hello['reason'])}`);
      return socket;
    } catch {
      return undefined;
    }
  }

  /** Takes in what came on this connection, in order. */
  function take(socket: FrameSocket, from: number): number {
    for (const frame of socket.frames.slice(from)) {
      const seq = Number(frame['seq']);
      if (frame.type === 'user.event') told.push({ seq, event: frame['event'] as ToldEvent['event'] });
      if (frame.type === 'user.skip') told.push({ seq, event: null });
    }
    return socket.frames.length;
  }

  return {
    record,
    async live(over) {
      let deadline = Number.POSITIVE_INFINITY;
      while (performance.now() < deadline) {
        const socket = await connect();
        if (socket === undefined) {
          await pause(RETRY_MS);
          continue;
        }
        const leaveAt = performance.now() + random.integer(50, 1_500);
        let read = 0;
        while (socket.socket.readyState === 1) {
          read = take(socket, read);
          const head = over();
          if (head !== undefined && last() >= head) return true;
          if (head !== undefined) deadline = Math.min(deadline, performance.now() + HELLO_MS);
          if (performance.now() > leaveAt && head === undefined) break;
          if (performance.now() > deadline) return false;
          await pause(LOOK_MS);
        }
        // Nothing is read behind the cut: what came after it comes again.
        if (socket.socket.readyState === 1 && random.chance(0.5)) socket.socket.terminate();
        else socket.close();
        take(socket, read);
        await pause(random.integer(0, 400));
      }
      return false;
    },
  };
}
