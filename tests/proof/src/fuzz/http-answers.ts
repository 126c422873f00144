/** One HTTP answer as it stood in the bytes. */
export interface RawAnswer {
  readonly status: number;
  /** By lower-case name; of several with one name the last. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface ReadAnswers {
  readonly answers: readonly RawAnswer[];
  /** Bytes behind the last whole answer: the beginning of one, or nothing. */
  readonly rest: Buffer;
  /** The bytes are no HTTP from here on. */
  readonly isBroken: boolean;
}

const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * Reads the HTTP/1.1 answers in a stream of bytes. Each 1xx answer is one too. `methods` are those of the requests, since an answer
 * to HEAD has no body; absent ones count as GET. `isOver`: no more will come, so a body without a length ends here.
 */
export function readAnswers(bytes: Buffer, methods: readonly string[] = [], isOver = false): ReadAnswers {
  const answers: RawAnswer[] = [];
  let finals = 0;
  for (let rest = bytes; ; ) {
    const headEnd = rest.indexOf(HEAD_END);
    if (headEnd === -1) {
      const start = rest.subarray(0, 5).toString('latin1');
      return { answers, rest, isBroken: !'HTTP/'.startsWith(start.slice(0, 5)) };
    }
    const head = readHead(rest.subarray(0, headEnd).toString('latin1'));
    if (head === undefined) return { answers, rest, isBroken: true };
    const after = rest.subarray(headEnd + HEAD_END.length);
    const isBodiless =
      head.status < 200 || head.status === 204 || head.status === 304 || methods[finals] === 'HEAD';
    const body = isBodiless ? { bytes: Buffer.alloc(0), length: 0 } : readBody(head.headers, after, isOver);
    if (body === undefined) return { answers, rest, isBroken: false };
    if (body === 'broken') return { answers, rest, isBroken: true };
    answers.push({ ...head, body: body.bytes });
    if (head.status >= 200) finals += 1;
    rest = after.subarray(body.length);
  }
}

function readHead(text: string): Pick<RawAnswer, 'status' | 'headers'> | undefined {
  const [statusLine = '', ...lines] = text.split('\r\n');
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1];
  if (status === undefined) return undefined;
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const match = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*(.*?)[ \t]*$/.exec(line);
    if (match?.[1] === undefined) return undefined;
    headers[match[1].toLowerCase()] = match[2] ?? '';
  }
  return { status: Number(status), headers };
}

/** The body and the bytes it took; undefined: more must come. */
function readBody(
  headers: Readonly<Record<string, string>>,
  bytes: Buffer,
  isOver: boolean,
): { readonly bytes: Buffer; readonly length: number } | 'broken' | undefined {
  if (headers['transfer-encoding'] === 'chunked') return readChunked(bytes);
  const announced = headers['content-length'];
  if (announced === undefined) return isOver ? { bytes, length: bytes.length } : undefined;
  const length = Number(announced);
  if (!Number.isInteger(length)) return 'broken';
  return bytes.length < length ? undefined : { bytes: bytes.subarray(0, length), length };
}

function readChunked(
  bytes: Buffer,
): { readonly bytes: Buffer; readonly length: number } | 'broken' | undefined {
  const parts: Buffer[] = [];
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd === -1) return undefined;
    const size = /^[\da-f]+$/i.exec(bytes.subarray(at, lineEnd).toString('latin1'))?.[0];
    if (size === undefined) return 'broken';
    const length = Number.parseInt(size, 16);
    const end = lineEnd + 2 + length;
    if (bytes.length < end + 2) return undefined;
    parts.push(bytes.subarray(lineEnd + 2, end));
    at = end + 2;
    if (length === 0) return { bytes: Buffer.concat(parts), length: at };
  }
}
