import type { Socket } from 'node:net';
import { encodeFrame, writeTogether } from '@dispatch/link';
import type { Outlet } from '../fanout/outlet.ts';
import { encodeShared } from '../fanout/shared-frame.ts';
import type { Log } from '../ports.ts';

/** Above this much unsent a gateway is taken for frozen: its link is dropped and it reads again from its cursors. */
export const UNSENT_CAP_BYTES = 8 * 1024 * 1024;

/** Above this much unsent a replay waits; live frames do not. */
const REPLAY_PAUSE_BYTES = 1024 * 1024;

/** The way down to one gateway, bounded. `onOverflow` is called once, when the bound was crossed and the socket destroyed. */
export function createSocketOutlet(socket: Socket, log: Log, onOverflow: () => void): Outlet {
  const hold = writeTogether(socket);
  let waiting: (() => void)[] = [];
  const release = (): void => {
    const due = waiting;
    waiting = [];
    for (const resolve of due) resolve();
  };
  socket.on('drain', release);
  socket.on('close', release);

  function sendEncoded(bytes: Buffer): void {
    if (socket.destroyed || !socket.writable) return;
    if (socket.writableLength + bytes.length > UNSENT_CAP_BYTES) {
      socket.destroy();
      onOverflow();
      return;
    }
    hold();
    socket.write(bytes);
  }

  return {
    sendEncoded,
    send(frame) {
      const isOfTopic = 'frame' in frame && 'topic' in frame;
      sendEncoded(isOfTopic ? encodeShared(frame, log) : encodeFrame(frame));
    },
    get isFull() {
      return !socket.destroyed && socket.writableLength > REPLAY_PAUSE_BYTES;
    },
    drained() {
      if (socket.destroyed || !socket.writableNeedDrain) return Promise.resolve();
      return new Promise((resolve) => waiting.push(resolve));
    },
  };
}
