import { type MakeRaw, post, refused } from './raw-case.ts';

/** Two ways to tell a body's length at once, in which a second request could hide. */
export const SMUGGLING: Readonly<Record<string, MakeRaw>> = {
  'length and chunks': ({ host, hidden }) =>
    refused(
      post(
        host,
        `Content-Length: ${5 + hidden.length}\r\nTransfer-Encoding: chunked\r\n`,
        `0\r\n\r\n${hidden}`,
      ),
    ),
  'chunks and length': ({ host, hidden }) =>
    refused(
      post(
        host,
        'Transfer-Encoding: chunked\r\nContent-Length: 4\r\n',
        `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`,
      ),
    ),
  'odd transfer coding': ({ host, hidden, random }) => {
    const coding = random.pick([
      'xchunked',
      'chunked, identity',
      'identity',
      'chunked\u000b',
      ' \tchunked x',
      'gzip',
      '',
    ]);
    return refused(post(host, `Transfer-Encoding: ${coding}\r\n`, `0\r\n\r\n${hidden}`), { answers: 2 });
  },
  'transfer coding twice': ({ host, hidden }) =>
    refused(
      post(host, 'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n', `0\r\n\r\n${hidden}`),
    ),
  'space before the colon': ({ host, hidden }) =>
    refused(post(host, 'Transfer-Encoding : chunked\r\n', `0\r\n\r\n${hidden}`)),
  'two lengths': ({ host, hidden, random }) =>
    refused(
      post(host, `Content-Length: 0\r\nContent-Length: ${random.pick([hidden.length, 1])}\r\n`, hidden),
    ),
  'odd length': ({ host, hidden, random }) => {
    const length = random.pick(['+5', '5, 5', '0x5', '5 5', '-1', '9'.repeat(20), 'five', '5.0', '1e1']);
    return refused(post(host, `Content-Length: ${length}\r\n`, hidden));
  },
  'hidden in a body': ({ host, hidden, random }) => {
    const target = random.pick(['/chat', '/nowhere', '/health', '/conversations/x/title', '/chat/warm']);
    const first = [400, 404, 405];
    return refused(post(host, `Content-Length: ${hidden.length}\r\n`, hidden, target), {
      first,
      mayCut: false,
    });
  },
  'hidden behind another protocol': ({ host, hidden, random }) => {
    const offer = random.pick(['h2c', 'TLS/1.0', 'x']);
    const headers = `Connection: Upgrade\r\nUpgrade: ${offer}\r\nContent-Length: ${hidden.length}\r\n`;
    return refused(post(host, headers, hidden), { mayCut: false });
  },
  'hidden in a handshake': ({ host, hidden }) =>
    refused(
      post(host, `Connection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: ${hidden.length}\r\n`, hidden),
    ),
  'hidden in a trailer': ({ host, hidden }) =>
    refused(
      post(host, 'Transfer-Encoding: chunked\r\n', `1\r\nx\r\n0\r\nContent-Length: ${hidden.length}\r\n\r\n`),
      { first: [400] },
    ),
};
