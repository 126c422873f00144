import type { WsServerMessage } from '@dispatch/transport-contract';
import type { Log, Publisher } from '../ports.ts';
import type { TurnVersionStart } from './place-turn.ts';
import type { UnseenEvents } from './seal-turn.ts';
import { DAMAGED_FAILURE } from './turn-ending.ts';

/** What watchers are told of a turn beside what its journal publishes. */
export interface Announcer {
  /** Events that are stored, and what a seal says of versions. */
  events(conversationId: string, unseen: UnseenEvents): void;
  /** Another version begins: who watches swaps at once, and learns at the end whether it stays so. */
  replaced(conversationId: string, turnId: string, version: TurnVersionStart): void;
  /** Nothing that is not stored is shown as the turn's end; who watches learns all the same that nothing more comes. */
  unsealed(conversationId: string): void;
}

export interface AnnouncerParts {
  readonly publisher: Publisher;
  readonly log: Log;
}

export function createAnnouncer({ publisher, log }: AnnouncerParts): Announcer {
  /** What is stored is stored: a fan-out that throws is its own problem. */
  function show(conversationId: string, frame: WsServerMessage): void {
    try {
      publisher.publish(conversationId, frame);
    } catch (error) {
      log.error({ err: error, conversationId }, 'what is stored of a turn could not be published');
    }
  }

  return {
    events(conversationId, { first, events, withdrawn }) {
      for (const [index, event] of events.entries()) {
        show(conversationId, { type: 'chat.delta', event, n: first + index });
      }
      if (withdrawn !== undefined) show(conversationId, withdrawn);
    },
    replaced(conversationId, turnId, { supersedes, beatId, version, versions }) {
      const of = { conversationId, turnId, supersedes, beatId, version, versions };
      show(conversationId, { type: 'turn-replaced', ...of, provisional: true });
    },
    unsealed(conversationId) {
      const { code, message, retryable } = DAMAGED_FAILURE;
      show(conversationId, { type: 'chat.error', conversationId, code, message, retryable });
    },
  };
}
