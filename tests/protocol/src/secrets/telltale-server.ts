import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A provider that refuses everything, and quotes the whole request in every refusal. */
export interface TelltaleServer {
  readonly url: string;
  /** What it was sent: headers of every request. */
  readonly heard: string;
  close(): Promise<void>;
}

const STATUSES = [401, 400, 500, 429, 403, 529];

export async function startTelltaleServer(): Promise<TelltaleServer> {
  let heard = '';
  let count = 0;
  const server = createServer((incoming, outgoing) => {
    const headers = JSON.stringify(incoming.headers);
    heard += `${headers}\n`;
    const status = STATUSES[count % STATUSES.length] ?? 500;
    count += 1;
    incoming.resume();
    const message = `refused ${incoming.url} with ${headers}`;
    outgoing.writeHead(status, {
      'content-type': 'application/json',
      'x-quoted': encodeURIComponent(headers),
    });
    outgoing.end(JSON.stringify({ type: 'error', error: { type: 'authentication_error', message } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    get heard() {
      return heard;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
