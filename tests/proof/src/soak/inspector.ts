import type { ManagedProcess } from '@dispatch/tests-processes';
import { WebSocket } from 'ws';

/** Makes a process open Node's own inspector at a port of its choice, which it names in its output. Nothing of ours knows of it. */
export const INSPECTED = { NODE_OPTIONS: '--inspect=127.0.0.1:0' };

const PATIENCE_MS = 20_000;

/** What a process holds. */
export interface Held {
  /** Bytes of objects, those outside the heap included. */
  readonly bytes: number;
  /** Armed timers. */
  readonly timers: number;
  /** What keeps the event loop alive, by kind, timers included. */
  readonly resources: Readonly<Record<string, number>>;
  /** Listeners on the process object. */
  readonly listeners: number;
}

const QUESTION = `JSON.stringify({
  memory: process.memoryUsage(),
  resources: process.getActiveResourcesInfo(),
  listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
})`;

/** Asks a process that was started with {@link INSPECTED} what it holds; `collect`: once its garbage is collected, which takes it a while. */
export async function held(process: ManagedProcess, collect: boolean): Promise<Held> {
  const url = /Debugger listening on (ws:\/\/\S+)/.exec(process.output())?.[1];
  if (url === undefined) throw new Error('the process named no inspector');
  const socket = new WebSocket(url, { perMessageDeflate: false });
  try {
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    // Twice: what a finalizer lets go of is garbage only then.
    for (let left = collect ? 2 : 0; left > 0; left -= 1) await call(socket, 'HeapProfiler.collectGarbage');
    const answer = await call(socket, 'Runtime.evaluate', { expression: QUESTION });
    const { memory, resources, listeners } = JSON.parse(String((answer as Evaluated).result?.value));
    const kinds: Record<string, number> = {};
    for (const kind of resources as readonly string[]) kinds[kind] = (kinds[kind] ?? 0) + 1;
    return {
      bytes: memory.heapUsed + memory.external,
      timers: kinds['Timeout'] ?? 0,
      resources: kinds,
      listeners,
    };
  } finally {
    socket.terminate();
  }
}

interface Evaluated {
  readonly result?: { readonly value?: unknown };
}

let number = 0;

function call(socket: WebSocket, method: string, params: object = {}): Promise<unknown> {
  number += 1;
  const id = number;
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`${method} was not answered`)), PATIENCE_MS);
    const hear = (data: { toString(): string }) => {
      const answer = JSON.parse(data.toString());
      if (answer.id !== id) return;
      clearTimeout(limit);
      socket.off('message', hear);
      resolve(answer.result);
    };
    socket.on('message', hear);
    socket.send(JSON.stringify({ id, method, params }));
  });
}
