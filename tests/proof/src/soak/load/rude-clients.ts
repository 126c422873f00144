import { connect } from 'node:net';
import { openSocket, streamChat } from '@dispatch/tests-processes';
import { WebSocket } from 'ws';
import { again, PATIENCE_MS, pause, settled } from './round.ts';

/** Asks over HTTP and hangs up before the answer is whole; the turn goes on without it. */
export const hangUps = again('a client that hangs up', 600, async (round) => {
  const { dispatch, attack } = round;
  const conversationId = `hang-${crypto.randomUUID()}`;
  const aborting = new AbortController();
  const answer = fetch(`${dispatch.httpUrl}/chat`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ conversationId, message: 'words: 25', model: 'demo/writer' }),
    signal: aborting.signal,
  })
    .then((response) => response.text())
    .catch(() => undefined);
  await pause(attack.random.integer(30, 500));
  aborting.abort();
  await answer;
  attack.count('hang-ups');
  if (!(await settled(dispatch.httpUrl, conversationId)))
    attack.violation(`T7: ${conversationId} never ended`);
  round.turnsDone(1);
});

/** Sockets that are opened, watch something, and vanish without a word. */
export const comers = again('a socket that vanishes', 500, async ({ dispatch, attack }) => {
  const urls = [dispatch.wsUrl, dispatch.httpUrl.replace('http', 'ws')];
  const sockets = await Promise.all(
    Array.from({ length: 6 }, (_, index) => openSocket(urls[index % 2] ?? dispatch.wsUrl)),
  );
  for (const [index, open] of sockets.entries()) {
    const conversationId = `any-${attack.random.integer(0, 50)}`;
    open.send({ type: 'chat.subscribe', conversationId, ...(index % 2 === 0 ? { id: 'w' } : {}) });
  }
  await pause(attack.random.integer(0, 200));
  for (const { socket } of sockets) attack.random.chance(0.5) ? socket.terminate() : socket.close();
  attack.count('reconnects', sockets.length);
});

/** What no client would send, and then something that one would. */
export const garbage = again('garbage', 1_000, async ({ dispatch, attack }) => {
  const { random } = attack;
  const open = await openSocket(dispatch.wsUrl);
  const frames = [
    () => random.bytes(random.integer(1, 2_000)),
    () => '{"type":"chat.send","conversationId":7}',
    () => '{"type":',
    () => JSON.stringify({ type: 'no.such.type', id: 'x' }),
    () => 'x'.repeat(300_000),
    () => `${'['.repeat(5_000)}`,
  ];
  for (let frame = random.integer(1, 6); frame > 0; frame -= 1) {
    if (open.socket.readyState !== WebSocket.OPEN) break;
    open.socket.send(random.pick(frames)());
    attack.count('garbage');
  }
  await pause(random.integer(0, 50));
  open.socket.terminate();
  await sendRaw(dispatch.httpUrl, random.pick([random.bytes(400), Buffer.from('GET / HTTP/9.9\r\n\r\n')]));
  const polite = await openSocket(dispatch.wsUrl);
  await polite.frame('hello', ({ type }) => type === 'hello', PATIENCE_MS);
  polite.close();
});

/** A client that stops reading in the middle of a great deal of text. */
export const slowReaders = again('a slow reader', 12_000, async (round) => {
  const { dispatch, attack } = round;
  const conversationId = `slow-${crypto.randomUUID()}`;
  const lazy = await openSocket(dispatch.wsUrl);
  try {
    lazy.send({ type: 'chat.subscribe', id: 'w', conversationId });
    await lazy.frame('the watch', ({ type }) => type === 'ack', PATIENCE_MS);
    lazy.socket.pause();
    const body = { conversationId, message: 'words: 150000', model: 'demo/fast' };
    await streamChat(dispatch.httpUrl, body);
    round.turnsDone(1);
    attack.count('slow readers');
  } finally {
    lazy.socket.terminate();
  }
});

function sendRaw(httpUrl: string, bytes: Buffer): Promise<void> {
  const { hostname, port } = new URL(httpUrl);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) });
    const limit = setTimeout(() => socket.destroy(new Error('garbage got no end')), PATIENCE_MS);
    socket.on('connect', () => socket.end(bytes));
    socket.on('data', () => undefined);
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNREFUSED' ? reject(error) : undefined,
    );
    socket.on('close', () => {
      clearTimeout(limit);
      resolve();
    });
  });
}
