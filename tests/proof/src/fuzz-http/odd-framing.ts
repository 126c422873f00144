import { type MakeRaw, post, refused } from './raw-case.ts';

/** Requests whose lines, headers or bodies are not as they should be. */
export const ODD_FRAMING: Readonly<Record<string, MakeRaw>> = {
  'chunk size': ({ host, random }) => {
    const size = random.pick(['zz', '-1', 'f'.repeat(17), '0x1', ' ', '1;x=y\u0000', '1 1', '\u0000']);
    return refused(post(host, 'Transfer-Encoding: chunked\r\n', `${size}\r\nx\r\n0\r\n\r\n`));
  },
  'chunk end': ({ host }) => refused(post(host, 'Transfer-Encoding: chunked\r\n', '1\r\nxyz\r\n0\r\n\r\n')),
  'flood of chunk extensions': ({ host }) =>
    refused(post(host, 'Transfer-Encoding: chunked\r\n', `1;${'x'.repeat(40_000)}\r\nx\r\n0\r\n\r\n`), {
      first: [400, 413, 431],
    }),
  'many small chunks': ({ host }) =>
    refused(post(host, 'Transfer-Encoding: chunked\r\n', `${'1\r\nx\r\n'.repeat(20_000)}0\r\n\r\n`), {
      first: [400],
      mayCut: false,
    }),
  'too much in chunks': ({ host, random }) => {
    const body = `200000\r\n${'x'.repeat(0x200000)}\r\n0\r\n\r\n`;
    const target = random.pick(['/chat', '/chat/warm']);
    return refused(post(host, 'Transfer-Encoding: chunked\r\n', body, target), { first: [413] });
  },
  'folded header': ({ host }) =>
    refused(`GET /health HTTP/1.1\r\nHost: ${host}\r\nX-A: b\r\n c\r\n\r\n`, { first: [200, 400] }),
  'odd header line': ({ host, random }) => {
    const line = random.pick([
      'X\u0000: a',
      'X: a\u0000b',
      'X',
      ': x',
      'X Y: z',
      'X: a\u007fb',
      'X: a\u0001',
      '\u00e9: x',
      'X\t: y',
    ]);
    return refused(`GET /health HTTP/1.1\r\nHost: ${host}\r\n${line}\r\n\r\n`);
  },
  'bare line ends': ({ host, random }) => {
    const end = random.pick(['\n', '\r', '\n\r']);
    return refused(`GET /health HTTP/1.1${end}Host: ${host}${end}${end}`, { first: [200, 400, 403] });
  },
  'two hosts': ({ host }) =>
    refused(`GET /health HTTP/1.1\r\nHost: ${host}\r\nHost: evil.example\r\n\r\n`, {
      first: [400, 403],
      mayCut: false,
    }),
  'flood of headers': ({ host, random }) => {
    const line = random.pick(['X-Flood: x', 'a:', 'Cookie: y', 'Content-Type: z']);
    return refused(`GET /health HTTP/1.1\r\nHost: ${host}\r\n${`${line}\r\n`.repeat(30_000)}\r\n`);
  },
  'origin behind many headers': ({ host }) =>
    refused(
      `GET /health HTTP/1.1\r\nHost: ${host}\r\n${'a:\r\n'.repeat(3_000)}Origin: https://evil.example\r\n\r\n`,
      { first: [403, 431], mayCut: false },
    ),
  'first line': ({ host, random }) => {
    const line = random.pick([
      'GET /health',
      'GET /health HTTP/2.0',
      'GET /health HTTP/1.x',
      'GET  /health  HTTP/1.1',
      'GET /he alth HTTP/1.1',
      'GET /\u0000 HTTP/1.1',
      '/health HTTP/1.1',
      `${'G'.repeat(30)} / HTTP/1.1`,
      `GET /${'x'.repeat(30_000)} HTTP/1.1`,
      'PRI * HTTP/2.0',
    ]);
    // Node reads some of them as what was probably meant.
    return refused(`${line}\r\nHost: ${host}\r\n\r\n`, { first: [200, 400, 431] });
  },
  'odd target': ({ host, random }) => {
    const target = random.pick([
      '*',
      'health',
      'http://evil.example/health',
      '//evil.example/health',
      '/../health',
      '/./health',
      '\\health',
      '/health#x',
      '/health?',
      '/%2fhealth',
      '/health/',
      '/HEALTH',
      '/health%00',
    ]);
    return refused(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`, {
      first: [200, 400, 404],
      mayCut: false,
    });
  },
  'old HTTP': ({ host }) =>
    refused(`GET /health HTTP/1.0\r\nHost: ${host}\r\n\r\n`, { first: [200], mayCut: false }),
  'asks first': ({ host, random }) => {
    const length = random.pick([5, 2_000_000]);
    const headers = `Expect: 100-continue\r\nContent-Length: ${length}\r\n`;
    return refused(post(host, headers, length === 5 ? 'xxxxx' : ''), { first: [400, 413], mayCut: false });
  },
  'many at once': ({ host }) =>
    refused(
      Array.from(
        { length: 20 },
        (_, at) => `GET /conversations/p${at}/status HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
      ).join(''),
      { answers: 20, first: [200], mayCut: false },
    ),
  'any bytes': ({ random }) => refused(random.bytes(random.integer(1, 600)), { answers: 9 }),
  'any text': ({ host, random }) => {
    const bytes = Buffer.from(`GET /health HTTP/1.1\r\nHost: ${host}\r\nX-A: b\r\n\r\n`);
    bytes.writeUInt8(random.integer(0, 255), random.integer(0, bytes.length - 1));
    return refused(bytes, { first: [200, 400, 403, 404, 405] });
  },
};
