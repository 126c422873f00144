import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A scripted model server in its own process. */
export interface Provider {
  /** Base URL in the OpenAI format. */
  readonly url: string;
  readonly pid: number;
  /** What the kernel is started with to use it as `openai/…`. */
  readonly env: Readonly<Record<string, string>>;
  /** Epoch milliseconds, with fractions, at which it saw the next connection of an `endless` answer closed. */
  closed(): Promise<number>;
  /** The same for the moment before it sent the next call of `calling`. */
  called(): Promise<number>;
  stop(): void;
}

type Message =
  | { readonly type: 'ready'; readonly url: string }
  | { readonly type: 'closed' | 'called'; readonly at: number };

/** Starts it with the flags of this process and resolves when it listens. */
export async function startProvider(): Promise<Provider> {
  const child = fork(fileURLToPath(new URL('./provider-process.ts', import.meta.url)));
  const told = { closed: moments(), called: moments() };
  const url = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error('the model server ended')));
    child.on('message', (message: Message) => {
      if (message.type === 'ready') resolve(message.url);
      else told[message.type].tell(message.at);
    });
  });
  return {
    url,
    pid: child.pid ?? -1,
    env: { OPENAI_API_KEY: 'key', OPENAI_BASE_URL: url },
    closed: told.closed.next,
    called: told.called.next,
    stop: () => child.disconnect(),
  };
}

/** Moments in the order they were told, each handed out once. */
function moments(): { tell(at: number): void; next(): Promise<number> } {
  const early: number[] = [];
  const waiting: ((at: number) => void)[] = [];
  return {
    tell: (at) => (waiting.shift() ?? ((unasked: number) => void early.push(unasked)))(at),
    next: () => {
      const at = early.shift();
      return at === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(at);
    },
  };
}
