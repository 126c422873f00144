import { isDeepStrictEqual } from 'node:util';
import { type FrameSocket, openSocket } from '@dispatch/tests-processes';
import type { Observations, SeenEvent } from './observations.ts';

/** How long a person waits who was refused for now. */
const REFUSED_PAUSE_MS = 50;

/** One person in one conversation who sends, watches, loses the socket, comes back, and writes down what was seen. */
export interface Talker {
  readonly conversationId: string;
  readonly observed: Observations;
  /** How often a send was refused for now, by code. */
  readonly refusals: ReadonlyMap<string, number>;
  /** Sends messages one after the other until `stop` resolves; returns when the last turn is sealed. */
  talk(until: () => boolean): Promise<void>;
}

export function createTalker(wsUrl: string, message: (index: number) => string, model: string): Talker {
  const conversationId = `talk-${crypto.randomUUID()}`;
  const acknowledged = new Map<string, string>();
  const seen = new Map<string, SeenEvent[]>();
  const contradictions: string[] = [];
  const refusals = new Map<string, number>();
  let socket: FrameSocket | undefined;
  let read = 0;

  /** Takes in the frames that came since the last call. `exact`: this subscription had a cursor, so nothing may repeat. */
  const take = (from: FrameSocket, exact: () => boolean) => {
    for (; read < from.frames.length; read += 1) {
      const frame = from.frames[read];
      if (frame?.type === 'chat.reset') contradictions.push(`R1: reset, ${String(frame['reason'])}`);
      if (frame?.type !== 'chat.delta') continue;
      const event = frame['event'] as SeenEvent;
      const n = Number(frame['n']);
      const turn = seen.get(String(event.turnId)) ?? [];
      seen.set(String(event.turnId), turn);
      if (n > turn.length) contradictions.push(`R1: ${event.turnId} jumped from ${turn.length - 1} to ${n}`);
      else if (n < turn.length && exact()) contradictions.push(`R1: ${event.turnId} repeated ${n}`);
      else if (n < turn.length && !isDeepStrictEqual(turn[n], event)) {
        contradictions.push(`D3: ${event.turnId} told ${n} in two ways`);
      } else if (n === turn.length) turn.push(event);
    }
  };

  const reconnect = async () => {
    for (;;) {
      try {
        socket = await openSocket(wsUrl);
        read = 0;
        return socket;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  };

  /** One message, until its turn is sealed. */
  const say = async (text: string) => {
    const idempotencyKey = crypto.randomUUID();
    let turnId: string | undefined;
    for (let attempt = 1; ; attempt += 1) {
      const open = socket?.socket.readyState === 1 ? socket : await reconnect();
      const known = turnId;
      const last = known === undefined ? undefined : (seen.get(known)?.length ?? 0) - 1;
      if (known === undefined) {
        open.send({
          type: 'chat.send',
          id: idempotencyKey,
          conversationId,
          message: text,
          model,
          idempotencyKey,
        });
      } else open.send({ type: 'chat.subscribe', conversationId, turnId: known, after: last });
      const outcome = await follow(open, idempotencyKey, known !== undefined, (acked) => {
        turnId = acked;
        acknowledged.set(acked, text);
        if (attempt === 1) return;
        // The turn of a message sent twice may be over; a cursor asks for what was missed of it.
        open.send({ type: 'chat.unsubscribe', conversationId });
        open.send({
          type: 'chat.subscribe',
          conversationId,
          turnId,
          after: (seen.get(acked)?.length ?? 0) - 1,
        });
      });
      if (outcome === 'sealed') return;
      socket?.close();
      socket = undefined;
    }
  };

  /** Reads until the turn is sealed, or the socket is lost or given up, so that the send must be repeated. */
  const follow = async (
    open: FrameSocket,
    id: string,
    exact: boolean,
    onAck: (turnId: string) => void,
  ): Promise<'sealed' | 'lost'> => {
    let turnId: string | undefined;
    for (const deadline = performance.now() + 20_000; performance.now() < deadline; ) {
      take(open, () => exact);
      for (const frame of open.frames) {
        if (frame.type === 'ack' && frame['id'] === id && turnId === undefined) {
          turnId = String(frame['turnId']);
          onAck(turnId);
        }
        if (frame.type === 'chat.error' && frame['id'] === id && frame['retryable'] === true) {
          const code = String(frame['code']);
          refusals.set(code, (refusals.get(code) ?? 0) + 1);
          await new Promise((resolve) => setTimeout(resolve, REFUSED_PAUSE_MS));
          return 'lost';
        }
        if (frame.type === 'chat.error' && frame['retryable'] !== true) {
          contradictions.push(`T4: ${String(frame['code'])}: ${String(frame['message'])}`);
          return 'lost';
        }
      }
      const mine = turnId ?? [...acknowledged.keys()].at(-1);
      if (
        mine !== undefined &&
        (turnId !== undefined || exact) &&
        seen.get(mine)?.at(-1)?.type === 'turn-sealed'
      ) {
        return 'sealed';
      }
      if (open.socket.readyState !== 1) return 'lost';
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    contradictions.push(
      `T1: nothing for 20 s about ${turnId}: ${open.frames.slice(-5).map(({ type }) => type)}`,
    );
    return 'lost';
  };

  return {
    conversationId,
    observed: { acknowledged, seen, contradictions },
    refusals,
    talk: async (until) => {
      for (let index = 0; !until(); index += 1) await say(message(index));
      socket?.close();
    },
  };
}
