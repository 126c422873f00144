import { type DispatchProcesses, openSocket } from '@dispatch/tests-processes';
import type { Attack } from '../harness.ts';

const SOCKETS = 8;

/** Sockets that do nothing but answer heartbeats. */
export interface StandingSockets {
  /** To be called when nothing has happened that may close one. Closes them. */
  expectOpen(): void;
}

export async function openStandingSockets(
  { wsUrl, httpUrl }: DispatchProcesses,
  { count, violation }: Attack,
): Promise<StandingSockets> {
  const urls = Array.from({ length: SOCKETS }, (_, index) =>
    index % 2 === 0 ? wsUrl : httpUrl.replace('http', 'ws'),
  );
  const sockets = await Promise.all(urls.map((url) => openSocket(url)));
  return {
    expectOpen() {
      for (const { socket, frames, close } of sockets) {
        const heartbeats = frames.filter(({ type }) => type === 'ping').length;
        if (socket.readyState !== 1) violation('R5: a healthy socket was closed');
        else count('sockets that stayed open', heartbeats > 0 ? 1 : 0);
        count('heartbeats', heartbeats);
        close();
      }
    },
  };
}
