/** One event of an NDJSON answer and when it arrived, in milliseconds since the request. */
export interface TimedEvent {
  readonly atMs: number;
  readonly event: { readonly type: string; readonly [field: string]: unknown };
}

export interface StreamedChat {
  readonly status: number;
  readonly conversationId: string | null;
  readonly contentType: string | null;
  readonly events: readonly TimedEvent[];
}

/** Sends `POST /chat` and reads the lines as they come, to the end; `onEvent` sees each at once. */
export async function streamChat(
  url: string,
  body: unknown,
  onEvent: (event: TimedEvent) => void = () => undefined,
  headers: Readonly<Record<string, string>> = {},
): Promise<StreamedChat> {
  const started = performance.now();
  const response = await fetch(`${url}/chat`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const events: TimedEvent[] = [];
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of response.body ?? []) {
    rest += decoder.decode(bytes as Uint8Array, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const event = { atMs: performance.now() - started, event: JSON.parse(line) };
      events.push(event);
      onEvent(event);
    }
  }
  if (rest !== '') throw new Error(`the last line was not ended: ${rest}`);
  return {
    status: response.status,
    conversationId: response.headers.get('x-conversation-id'),
    contentType: response.headers.get('content-type'),
    events,
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape.
  readonly body: any;
}

/** One request with a JSON answer. A string body is sent as it is. */
export async function request(url: string, method: string, path: string, body?: unknown): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
}
