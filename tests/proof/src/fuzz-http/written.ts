import { request as ask } from '@dispatch/tests-processes';
import type { RawAnswer } from '../fuzz/http-answers.ts';
import type { Attack } from '../harness.ts';
import type { RouteRequest } from './route-requests.ts';

/** What answers said was stored, to be compared with what is. */
export interface Written {
  /** Takes note of an answer. */
  note(asked: RouteRequest, answer: RawAnswer): void;
  /** Reads everything back: no more and no less is stored than was accepted. */
  check(httpUrl: string, others: readonly string[], attack: Attack): Promise<void>;
}

type Setting = 'title' | 'cwd' | 'model';
const SETTINGS: Readonly<Record<string, Setting>> = {
  setTitle: 'title',
  setCwd: 'cwd',
  setConversationModel: 'model',
};

export function createWritten(): Written {
  const conversations = new Set<string>();
  const settings: { readonly id: string; readonly setting: Setting; readonly answer: unknown }[] = [];
  const messages = new Map<string, string>();
  return {
    note: ({ route, change, request }, { status, headers, body }) => {
      if (status !== 200 || change === 'odd-method') return;
      if (route === 'chat') {
        const id = decodeURIComponent(headers['x-conversation-id'] ?? '');
        conversations.add(id);
        const { message } = JSON.parse(request.body.toString('utf8')) as { message: string };
        messages.set(id, message.trim());
      }
      // Where nothing runs a message is not kept waiting: it starts a conversation.
      if (route === 'queueMessage') conversations.add(JSON.parse(body.toString('utf8')).conversationId);
      const setting = SETTINGS[route];
      if (setting === undefined) return;
      const answer = JSON.parse(body.toString('utf8'));
      conversations.add(answer.conversationId);
      if (change === 'odd-key' || change === 'odd-id') return;
      settings.push({ id: answer.conversationId, setting, answer });
    },
    check: async (httpUrl, others, { count, violation }) => {
      const listed = await listedIds(httpUrl);
      const known = new Set([...conversations, ...others]);
      for (const id of listed) {
        if (!known.has(id)) violation(`S-15: a refused request left the conversation ${JSON.stringify(id)}`);
      }
      for (const id of known) {
        if (!listed.has(id))
          violation(`D1: the conversation ${JSON.stringify(id)} was accepted and is not listed`);
      }
      for (const { id, setting, answer } of settings) {
        const { body } = await ask(httpUrl, 'GET', `/conversations/${encodeURIComponent(id)}/${setting}`);
        if (JSON.stringify(body) !== JSON.stringify(answer)) {
          violation(`D1: ${JSON.stringify(body)} is stored, ${JSON.stringify(answer)} was answered`);
        }
        count('settings read back');
      }
      for (const [id, message] of messages) {
        const { body } = await ask(httpUrl, 'GET', `/conversations/${encodeURIComponent(id)}`);
        const users = body.chunks.filter((row: { readonly role: string }) => row.role === 'user');
        if (users.length !== 1 || users[0].chunk.text !== message) {
          violation(
            `D1: ${JSON.stringify(users).slice(0, 300)} is stored, ${JSON.stringify(message)} was sent`,
          );
        }
        count('messages read back');
      }
    },
  };
}

/** Every conversation there is, page by page. */
async function listedIds(httpUrl: string): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (let cursor: string | null = ''; cursor !== null; ) {
    const answer = await ask(httpUrl, 'GET', `/conversations?limit=37&cursor=${encodeURIComponent(cursor)}`);
    if (answer.status !== 200) throw new Error(`the list ends with ${JSON.stringify(answer.body)}`);
    for (const { id } of answer.body.conversations) ids.add(id);
    cursor = answer.body.nextCursor;
  }
  return ids;
}
