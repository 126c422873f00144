import { WebSocket } from 'ws';

/** A frame, as far as anybody looks at it. */
export interface SurfaceFrame {
  readonly type: string;
  readonly id?: string;
  readonly conversationId?: string;
  readonly spec?: SurfaceSpec;
  readonly update?: { readonly conversationId?: string; readonly spec: SurfaceSpec };
}

/** A surface, as far as anybody looks at it. */
export interface SurfaceSpec {
  readonly id: string;
  readonly fields: readonly { readonly payload?: Readonly<Record<string, number | null>> }[];
}

/** A socket that asks about surfaces and keeps no frames. */
export interface SurfaceSocket {
  /** Sends a frame and resolves when it is acknowledged. Rejects when it is refused. */
  ask(frame: Readonly<Record<string, unknown>>): Promise<void>;
  close(): void;
}

/** Opens a socket and resolves when it is open. */
export async function openSurfaceSocket(
  wsUrl: string,
  onFrame: (frame: SurfaceFrame) => void = () => {},
): Promise<SurfaceSocket> {
  const socket = new WebSocket(wsUrl, { perMessageDeflate: false });
  const waiting = new Map<string, (frame: SurfaceFrame) => void>();
  let asked = 0;
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('message', (data) => {
    const frame: SurfaceFrame = JSON.parse(data.toString());
    onFrame(frame);
    if (frame.id !== undefined) waiting.get(frame.id)?.(frame);
  });
  return {
    ask: (frame) =>
      new Promise((resolve, reject) => {
        asked += 1;
        const id = String(asked);
        waiting.set(id, (answer) => {
          waiting.delete(id);
          if (answer.type === 'ack') resolve();
          else reject(new Error(`refused: ${JSON.stringify(answer)}`));
        });
        socket.send(JSON.stringify({ ...frame, id }));
      }),
    close: () => socket.close(),
  };
}
