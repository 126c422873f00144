import {
  encodeFrame,
  FrameDecoder,
  LINK_VERSION,
  type LinkDownFrame,
  readLinkSecret,
  socketPaths,
} from '@dispatch/link';
import type { DispatchProcesses } from '@dispatch/tests-processes';
import { openRaw, type RawConnection, writeIfOpen } from '../fuzz/raw-connection.ts';

/** A kernel drops at once who says something wrong; this long is at once on a busy machine. */
export const AT_ONCE_MS = 8_000;

/** What attacks on events.sock need to know of the kernel they attack. */
export interface EventsTarget {
  readonly path: string;
  readonly secret: string;
  isAlive(): boolean;
}

export function eventsTarget(dispatch: DispatchProcesses, isAlive: () => boolean): EventsTarget {
  const secret = readLinkSecret(dispatch.dataDir);
  if (secret === undefined) throw new Error('the kernel wrote no link secret');
  return { path: socketPaths(dispatch.dataDir).events, secret, isAlive };
}

/** What a gateway says first. */
export const hello = (secret: string, v = LINK_VERSION): Buffer =>
  encodeFrame({ type: 'hello', v, gatewayId: 'fuzz', secret });

/** A link the kernel has welcomed. */
export async function greeted({ path, secret }: EventsTarget): Promise<RawConnection> {
  for (let attempt = 0; ; attempt += 1) {
    const link = await openRaw({ path });
    writeIfOpen(link.socket, hello(secret));
    await link.until((bytes) => bytes.length >= 4, AT_ONCE_MS);
    if (link.received().length >= 4) return link;
    link.socket.destroy();
    if (attempt === 20) throw new Error('the kernel welcomes no link');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** What the kernel said so far. */
export function downFrames(link: RawConnection): readonly LinkDownFrame[] {
  const frames: LinkDownFrame[] = [];
  new FrameDecoder().push(link.received(), (frame) => frames.push(frame as LinkDownFrame));
  return frames;
}
