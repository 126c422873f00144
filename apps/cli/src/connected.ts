import { type Connection, DispatchError } from '@dispatch/client';
import type { CommandContext } from './command-context.ts';

/** How long the gateway, which answered by HTTP, may take to accept the socket, in milliseconds. */
const OPEN_WITHIN_MS = 10_000;

/** A socket that is open; the caller closes it. */
export async function connected({ client, clock, url }: CommandContext): Promise<Connection> {
  const connection = client.connect();
  const opened = connection.opened();
  let cancel = (): void => undefined;
  const tooLate = new Promise<never>((_, reject) => {
    const message = `The gateway at ${url} answers, but opens no WebSocket.`;
    cancel = clock.after(OPEN_WITHIN_MS, () => reject(new DispatchError({ code: 'unreachable', message })));
  });
  try {
    await Promise.race([opened, tooLate]);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  } finally {
    cancel();
  }
}
