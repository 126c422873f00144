import type { ServerResponse } from 'node:http';
import { type Principal, turnTopic } from '@dispatch/link';
import type { AgentEvent, TurnErrorEvent, TurnId } from '@dispatch/wire';
import type { Reader } from '../limits/unsent-budget.ts';
import type { SharedFrame } from '../link/shared-frame.ts';
import { type Refusal, refuse } from '../refusal.ts';
import type { Services } from '../services.ts';
import { UnsentGuard } from '../unsent-guard.ts';
import { STALL_MS } from './answer.ts';

/** How long an answer may stay silent because the kernel is away; then it is broken off rather than left hanging. */
const KERNEL_AWAY_MS = 30_000;
/** The events of a turn that was started under a key long ago may be gone; its messages are in the history. */
const GONE: Refusal = refuse('not-found', 'The events of this turn are no longer kept; read the history.');

export interface StreamedTurn {
  readonly outgoing: ServerResponse;
  readonly principal: Principal;
  readonly conversationId: string;
  readonly turnId: string;
}

/** Opens the NDJSON answer of a conversation; lines follow. */
export function openTurnStream(outgoing: ServerResponse, conversationId: string): void {
  outgoing.writeHead(200, {
    'Content-Type': 'application/x-ndjson',
    'X-Conversation-Id': headerValue(conversationId),
  });
  outgoing.flushHeaders();
}

export function writeEvent(outgoing: ServerResponse, event: AgentEvent): void {
  outgoing.write(`${JSON.stringify(event)}\n`);
}

/** Nothing more follows; who takes nothing of what there is for too long is hung up on. */
export function endTurnStream(outgoing: ServerResponse): void {
  outgoing.req.socket.setTimeout(STALL_MS);
  outgoing.end();
}

type StreamServices = Pick<Services, 'kernel' | 'clock' | 'log' | 'metrics' | 'unsent'>;

/** Writes the events of one turn from its first to its `turn-sealed`, also across restarts of the kernel. */
export function streamTurn(services: StreamServices, turn: StreamedTurn): void {
  const { kernel, clock, log, metrics, unsent: budget } = services;
  const { outgoing, conversationId, turnId } = turn;
  openTurnStream(outgoing, conversationId);
  const unsent = (): number => outgoing.writableLength;
  outgoing.once('close', metrics.streamOpened(unsent));
  let cancelAway: () => void = () => undefined;
  const watchState = (state: 'up' | 'down'): void => {
    cancelAway();
    if (state === 'down') cancelAway = clock.after(KERNEL_AWAY_MS, () => outgoing.destroy());
  };
  const stopState = kernel.onState(watchState);
  watchState(kernel.state);

  const drop = (): void => {
    metrics.slowReader('stream');
    log.info({ conversationId, turnId }, 'dropping a reader that does not keep up');
    outgoing.destroy();
  };
  const guard = new UnsentGuard({ clock, unsent, onFull: drop });
  const reader: Reader = { unsent, shed: drop };

  const deliver = (frame: SharedFrame): void => {
    const { message, line } = frame;
    if (message.type === 'chat.reset') endUnread(GONE);
    if (message.type === 'chat.error') endUnread(message);
    if (message.type !== 'chat.delta' || line === undefined) return;
    outgoing.write(line);
    metrics.delivered('stream');
    budget.note(reader, unsent());
    if (message.event.type === 'turn-sealed') {
      finish();
      endTurnStream(outgoing);
    } else {
      guard.check();
    }
  };
  const watch = kernel.watch({
    topic: turnTopic(conversationId),
    ...turn.principal,
    after: { turnId, n: -1 },
    deliver,
  });
  const finish = (): void => {
    watch.close();
    guard.stop();
    stopState();
    cancelAway();
  };
  /** What is still missing will not come: one line says so, and the answer ends without a seal. */
  const endUnread = ({ message, code }: Pick<TurnErrorEvent, 'message' | 'code'>): void => {
    finish();
    writeEvent(outgoing, {
      type: 'error',
      conversationId,
      turnId: turnId as TurnId,
      message,
      ...(code !== undefined && { code }),
    });
    endTurnStream(outgoing);
  };
  outgoing.once('close', () => {
    finish();
    budget.forget(reader);
  });
}

/** Conversation ids may hold what a header cannot; those travel percent-encoded, and so do those that would look it. */
function headerValue(conversationId: string): string {
  return /^[\x21-\x24\x26-\x7e]+$/.test(conversationId)
    ? conversationId
    : encodeURIComponent(Buffer.from(conversationId, 'utf8').toString('utf8'));
}
