import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A server that does nothing but send: what the sockets alone cost. */
export interface BareBroadcast {
  readonly url: string;
  broadcast(text: string): Promise<void>;
  close(): void;
}

export async function startBareBroadcast(): Promise<BareBroadcast> {
  const child = fork(fileURLToPath(new URL('./broadcast-process.ts', import.meta.url)));
  const url = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => reject(new Error('the server ended')));
    child.once('message', (message: { readonly url: string }) => resolve(message.url));
  });
  return {
    url,
    broadcast: async (text) => void child.send(text),
    close: () => child.disconnect(),
  };
}
