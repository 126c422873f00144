import { type DispatchProcesses, eventually, request } from '@dispatch/tests-processes';
import { onTestFinished } from 'vitest';
import { expectConsistent } from './consistent.ts';
import { type Frontend, openFrontend } from './frontend.ts';
import { openPlainScreen } from './plain-screen.ts';
import { eventsOf, type Screen, type SeenEvent } from './screen.ts';

/** One conversation and two clients that look at it from before its first message. */
export interface Scene {
  readonly conversationId: string;
  readonly one: Frontend;
  readonly two: Screen;
  readonly screens: readonly Screen[];
  /** A request of the second client, below the conversation where the path begins with nothing. */
  ask(method: string, path: string, body?: unknown): ReturnType<typeof request>;
  /** Sends from the first client; resolves with the turn, which runs. */
  send(message: string, more?: { readonly model?: string; readonly cwd?: string }): Promise<string>;
  /** The same, and both have seen its end. */
  turn(message: string, more?: { readonly model?: string; readonly cwd?: string }): Promise<string>;
  /** Both clients have an event of the turn that fits. */
  both(what: string, turnId: string, fits: (event: SeenEvent) => boolean): Promise<void>;
  /** Both have seen the turn's end. Resolves with its reason. */
  sealed(turnId: string): Promise<unknown>;
  /** Both show these turns. */
  show(...turnIds: string[]): Promise<void>;
  /** Both show that these messages wait. */
  wait(texts: readonly string[], held?: boolean): Promise<void>;
  /** All that a conversation at rest promises. */
  consistent(): Promise<void>;
}

export async function openScene(dispatch: DispatchProcesses): Promise<Scene> {
  const conversationId = crypto.randomUUID();
  const one = await openFrontend(dispatch.httpUrl, conversationId);
  const two = await openPlainScreen(dispatch, conversationId);
  onTestFinished(() => {
    one.close();
    two.close();
  });
  const screens: readonly Screen[] = [one, two];
  const each = async (what: string, probe: (screen: Screen) => boolean): Promise<void> => {
    for (const screen of screens) {
      await eventually(`${screen.name}: ${what}`, () => probe(screen), 30_000).catch((error) => {
        const { shown, queue } = screen;
        throw new Error(`${error.message}; there was ${JSON.stringify({ shown, queue })}`);
      });
    }
  };
  const self: Scene = {
    conversationId,
    one,
    two,
    screens,
    ask: (method, path, body) =>
      request(dispatch.httpUrl, method, `/conversations/${conversationId}${path}`, body),
    send: async (message, more = {}) =>
      (await one.connection.send({ conversationId, message, model: 'demo/writer', ...more })).turnId,
    turn: async (message, more) => {
      const turnId = await self.send(message, more);
      await self.sealed(turnId);
      return turnId;
    },
    both: (what, turnId, fits) => each(what, (screen) => eventsOf(screen, turnId).some(fits)),
    sealed: async (turnId) => {
      await self.both(`the end of ${turnId}`, turnId, ({ type }) => type === 'turn-sealed');
      return eventsOf(one, turnId).at(-2)?.['reason'];
    },
    show: (...turnIds) => each(`shows ${turnIds}`, ({ shown }) => `${shown}` === `${turnIds}`),
    wait: (texts, held = false) =>
      each(`waiting ${texts}`, ({ queue }) => JSON.stringify(queue) === JSON.stringify({ texts, held })),
    consistent: () => expectConsistent(dispatch, conversationId, screens),
  };
  return self;
}

/** Text of a turn as a client has seen it. */
export const textOf = (screen: Screen, turnId: string): string =>
  eventsOf(screen, turnId)
    .map((event) => (event.type === 'text-delta' ? event['delta'] : ''))
    .join('');
