import { reply, type ScriptedModelServer, say, wait } from '@dispatch/testkit';
import { type DispatchProcesses, openSocket, request } from '@dispatch/tests-processes';
import type { Attack } from '../harness.ts';

const HELD_MS = 3_000;
const MODEL = 'held';

/** A turn whose model says a word, is silent for three seconds, and goes on. */
export interface HeldTurn {
  /** Resolves when the model has gone on. */
  readonly goesOn: Promise<void>;
  readonly isSealed: boolean;
  /** Waits for its end, and compares what was shown with what is stored. */
  check(attack: Attack): Promise<void>;
}

/** Starts one and resolves when its first word was seen. The kernel knows the server as the credential `openai`. */
export async function startHeldTurn(
  { wsUrl, httpUrl }: DispatchProcesses,
  server: ScriptedModelServer,
): Promise<HeldTurn> {
  server.script(MODEL, reply(say('Before'), wait(HELD_MS), say(' and after.')));
  const conversationId = `held-${crypto.randomUUID()}`;
  const socket = await openSocket(wsUrl);
  socket.send({
    type: 'chat.send',
    id: 'held',
    conversationId,
    message: 'Hold on.',
    model: `openai/${MODEL}`,
  });
  await socket.frame('its first word', (frame) => {
    return (frame['event'] as { readonly type?: string } | undefined)?.type === 'text-delta';
  });
  return {
    goesOn: new Promise((resolve) => setTimeout(resolve, HELD_MS + 500)),
    get isSealed() {
      return socket.events().some(({ type }) => type === 'turn-sealed');
    },
    async check({ violation }) {
      try {
        await socket.sealed();
      } catch {
        return violation('T1: a turn that met a full disk was not sealed within 30 s');
      } finally {
        socket.close();
      }
      const types = socket.events().map(({ type }) => type);
      if (types.filter((type) => type === 'done').length !== 1 || types.at(-1) !== 'turn-sealed') {
        violation(`T1: a turn that met a full disk ended with ${types.slice(-4)}`);
      }
      const deltas = socket.events().filter(({ type }) => type === 'text-delta');
      const shown = deltas.map((event) => event['delta']).join('');
      const { body } = await request(httpUrl, 'GET', `/conversations/${conversationId}`);
      const stored = body.chunks
        .filter((row: { role: string; chunk: { type: string } }) => {
          return row.role === 'assistant' && row.chunk.type === 'text';
        })
        .map((row: { chunk: { text: string } }) => row.chunk.text)
        .join('');
      if (shown !== stored) violation(`D3: "${shown}" was shown and "${stored}" is stored`);
    },
  };
}
