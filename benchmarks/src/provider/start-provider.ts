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
  stop(): void;
}

type Message =
  | { readonly type: 'ready'; readonly url: string }
  | { readonly type: 'closed'; readonly at: number };

/** Starts it with the flags of this process and resolves when it listens. */
export async function startProvider(): Promise<Provider> {
  const child = fork(fileURLToPath(new URL('./provider-process.ts', import.meta.url)));
  const closings: number[] = [];
  const waiting: ((at: number) => void)[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error('the model server ended')));
    child.on('message', (message: Message) => {
      if (message.type === 'ready') resolve(message.url);
      else (waiting.shift() ?? ((at: number) => void closings.push(at)))(message.at);
    });
  });
  return {
    url,
    pid: child.pid ?? -1,
    env: { OPENAI_API_KEY: 'key', OPENAI_BASE_URL: url },
    closed: () => {
      const at = closings.shift();
      return at === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(at);
    },
    stop: () => child.disconnect(),
  };
}
