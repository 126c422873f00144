import { connect } from 'node:net';
import type { UserEvent } from '@dispatch/collab-contract';
import {
  encodeFrame,
  FrameDecoder,
  LINK_VERSION,
  type LinkDownFrame,
  LOCAL_OWNER,
  readLinkSecret,
  socketPaths,
} from '@dispatch/link';

/** A gateway's link that follows one user. */
export interface FollowedUser {
  /** What came, in order; null for what was skipped. */
  readonly events: readonly { readonly seq: number; readonly event: UserEvent | null }[];
  /** Everything that was said of its cursors. */
  readonly at: readonly Extract<LinkDownFrame, { type: 'user-at' }>[];
  close(): void;
}

export function followUser(dataDir: string, after?: number, userId = LOCAL_OWNER): FollowedUser {
  const events: { seq: number; event: UserEvent | null }[] = [];
  const at: Extract<LinkDownFrame, { type: 'user-at' }>[] = [];
  const socket = connect(socketPaths(dataDir).events);
  const decoder = new FrameDecoder();
  const secret = readLinkSecret(dataDir) ?? '';
  socket.on('error', () => undefined);
  socket.on('data', (bytes) =>
    decoder.push(bytes, (value) => {
      const frame = value as LinkDownFrame;
      if ('to' in frame) {
        const event = frame.frame.type === 'user.event' ? frame.frame.event : null;
        for (const [, seq] of frame.to) events.push({ seq, event });
      } else if ('type' in frame && frame.type === 'user-at') at.push(frame);
    }),
  );
  socket.write(encodeFrame({ type: 'hello', v: LINK_VERSION, gatewayId: 'gwy_user', secret }));
  socket.write(encodeFrame({ type: 'user', userId, ask: 1, ...(after !== undefined && { after }) }));
  return { events, at, close: () => socket.destroy() };
}
