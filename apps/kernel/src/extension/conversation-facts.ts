import type { Conversations } from '@dispatch/extension-api';
import type { Reads } from '../ports.ts';

/** Conversations as extensions see them. */
export function conversationFacts(read: Pick<Reads, 'conversation' | 'newestTurn'>): Conversations {
  return {
    async get(conversationId) {
      const row = await read.conversation(conversationId);
      if (row === undefined) return undefined;
      if (row.damaged) throw new Error('the conversation is damaged');
      const turn = await read.newestTurn(conversationId);
      const { id, ownerId, title, model, cwd, status, closes } = row;
      const runningTurnId = turn?.state === 'running' ? turn.id : null;
      return { id, ownerId, title, model, cwd, status, closes, runningTurnId };
    },
  };
}
