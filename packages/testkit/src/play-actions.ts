import type { ServerResponse } from 'node:http';
import type { OpenRequest } from './recorded-request.ts';
import type { StreamAction } from './stream-action.ts';

const FLOOD_PIECE = new TextEncoder().encode('x'.repeat(64 * 1024));

/** Does what was planned on one response; ends early when the peer closes. */
export async function playActions(
  actions: readonly StreamAction[],
  response: ServerResponse,
  request: OpenRequest,
): Promise<void> {
  const closed = new Promise<void>((resolve) => response.once('close', resolve));
  const send = async (bytes: Uint8Array) => {
    if (response.destroyed) return;
    request.bytesSent += bytes.length;
    if (response.write(bytes)) return;
    await Promise.race([closed, new Promise<void>((resolve) => response.once('drain', resolve))]);
  };

  for (const action of actions) {
    if (response.destroyed) return;
    switch (action.do) {
      case 'send':
        await send(action.bytes);
        break;
      case 'wait':
        await pause(action.ms, closed);
        break;
      case 'repeat':
        while (!response.destroyed) {
          await pause(action.everyMs, closed);
          await send(action.bytes);
        }
        return;
      case 'flood':
        await send(new TextEncoder().encode('data: '));
        for (let left = action.bytes; left > 0 && !response.destroyed; left -= FLOOD_PIECE.length) {
          await send(FLOOD_PIECE.subarray(0, left));
        }
        break;
      case 'stall':
        await closed;
        return;
      case 'reset':
        // What was written so far still leaves; the end that HTTP asks for does not.
        await settled(response);
        request.close('by-server');
        response.socket?.destroy();
        return;
      case 'end':
        request.close('by-server');
        response.end();
        return;
    }
  }
}

/** Resolves once the kernel has taken everything written so far. */
async function settled(response: ServerResponse): Promise<void> {
  response.flushHeaders();
  while (!response.destroyed && response.writableLength > 0) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function pause(ms: number, closed: Promise<void>): Promise<void> {
  if (ms <= 0) {
    await new Promise((resolve) => setImmediate(resolve));
    return;
  }
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([over, closed]);
  clearTimeout(timer);
}
