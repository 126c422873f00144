/**
 * The scripted model server in a process of its own, so that its work is nobody else's. Models: `instant` answers with one word; `paced-<n>` with n words at
 * 50 a second; `burst-<n>` with n words as fast as they are taken; `endless` never ends; `calling` calls the tool
 * of the benchmarks' extension and says a word once that has a result.
 */
import { callTool, endless, type Reply, reply, say, startScriptedModelServer } from '@dispatch/testkit';

const PACE_MS = 20;

const server = await startScriptedModelServer();
const replies = new Map<string, Reply>();

server.always('*', (request): Reply => {
  if (request.model === 'endless') {
    void request.ended.then(() =>
      process.send?.({ type: 'closed', at: performance.timeOrigin + performance.now() }),
    );
  }
  if (request.model === 'calling') return callingReply(request.body);
  const known = replies.get(request.model) ?? make(request.model);
  replies.set(request.model, known);
  return known;
});

function callingReply(body: unknown): Reply {
  const { messages } = body as { readonly messages: readonly { readonly role: string }[] };
  if (messages.at(-1)?.role === 'tool') return reply(say('Yes.'));
  process.send?.({ type: 'called', at: performance.timeOrigin + performance.now() });
  return reply(callTool('bench-act', {}, { pieces: 1 }));
}

function make(model: string): Reply {
  const [kind, count = '1'] = model.split('-');
  const words = Array.from({ length: Number(count) }, (_, index) => `word${index}`).join(' ');
  if (kind === 'paced') return reply(say(words, { words: true, everyMs: PACE_MS }));
  if (kind === 'burst') return reply(say(words, { words: true }));
  if (kind === 'endless') return reply(endless('word ', PACE_MS));
  return reply(say('Yes.'));
}

process.on('disconnect', () => process.exit(0));
process.send?.({ type: 'ready', url: server.openaiUrl });
