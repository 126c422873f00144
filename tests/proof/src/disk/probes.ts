import { openSocket } from '@dispatch/tests-processes';

/** One request and its answer. */
export interface Probe {
  readonly what: string;
  readonly status: number;
  /** As JSON, or as it came when it is none. */
  readonly body: unknown;
}

export async function probe(httpUrl: string, method: string, path: string, body?: unknown): Promise<Probe> {
  const response = await fetch(`${httpUrl}${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  let read: unknown = text;
  try {
    read = JSON.parse(text);
  } catch {
    // The lines of a turn that was started.
  }
  return { what: `${method} ${path}`, status: response.status, body: read };
}

/** Everything that reads one conversation. */
export function readConversation(httpUrl: string, conversationId: string): Promise<readonly Probe[]> {
  const one = `/conversations/${conversationId}`;
  const paths = [one, `${one}/status`, `${one}/metrics`, `${one}/title`, `${one}/cwd`, `${one}/model`];
  return Promise.all(paths.map((path) => probe(httpUrl, 'GET', path)));
}

/** Everything else that reads. */
export function readRest(httpUrl: string): Promise<readonly Probe[]> {
  const paths = ['/conversations', '/models', '/metrics/throughput?period=month&date=2026-01'];
  return Promise.all(paths.map((path) => probe(httpUrl, 'GET', path)));
}

/** Everything that writes over HTTP. `text` is in all that would be stored. */
export function writeAll(httpUrl: string, conversationId: string, text: string): Promise<readonly Probe[]> {
  const one = `/conversations/${conversationId}`;
  const writes: readonly (readonly [string, string, unknown])[] = [
    ['POST', '/chat', { conversationId, message: text, model: 'demo/fast' }],
    ['POST', '/chat', { message: text, model: 'demo/fast' }],
    ['PUT', `${one}/title`, { title: text }],
    ['PUT', `${one}/cwd`, { cwd: `/${text}` }],
    ['PUT', `${one}/model`, { model: `demo/${text}` }],
    ['POST', `${one}/close`, {}],
  ];
  return Promise.all(writes.map(([method, path, body]) => probe(httpUrl, method, path, body)));
}

/** A message over the socket. The status is that of a frame: `ack` or the code of its error. */
export async function sendFrame(wsUrl: string, conversationId: string, text: string): Promise<Probe> {
  const socket = await openSocket(wsUrl);
  try {
    const id = crypto.randomUUID();
    socket.send({ type: 'chat.send', id, conversationId, message: text, model: 'demo/fast' });
    const { message, ...frame } = await socket.frame('an answer to chat.send', (one) => one['id'] === id);
    // In a frame `message` stands where HTTP has `error`, and `type` for the status.
    const status = frame.type === 'chat.error' ? 507 : 200;
    return { what: 'chat.send', status, body: { ...frame, error: message } };
  } finally {
    socket.close();
  }
}

/** Undefined when it is refused in the contract's shape, with this status and code and as something to be tried again. */
export function unlessRefused({ what, status, body }: Probe, as: number, code: string): string | undefined {
  const refusal = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const isWhole = typeof refusal['error'] === 'string' && typeof refusal['requestId'] === 'string';
  if (status === as && refusal['code'] === code && refusal['retryable'] === true && isWhole) return undefined;
  return `${what} is answered ${status} ${JSON.stringify(body).slice(0, 200)} instead of ${as} ${code}`;
}
