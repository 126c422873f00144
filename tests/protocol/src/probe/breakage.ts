import type {
  Frame,
  MeddledAnswer,
  MeddledRequest,
  MeddledSocket,
  Meddling,
} from '@dispatch/tests-processes';

/** One thing a gateway does wrong, and the promises that are broken by it: those and no others. */
export interface Breakage {
  readonly name: string;
  readonly breaks: readonly string[];
  /** @param gateway address of the one that does everything right */
  readonly how: (gateway: string) => Meddling;
}

/** Any JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/** Frames of a type are replaced by others; all else passes. */
export const frames =
  (
    type: string,
    change: (frame: Frame, socket: MeddledSocket) => readonly object[],
  ): NonNullable<Meddling['toClient']> =>
  (frame, socket) =>
    frame.type === type ? change(frame, socket) : [frame];

/** Events of turns are replaced by other frames; all else passes. */
export const events =
  (
    change: (event: Fields, frame: Frame, socket: MeddledSocket) => readonly object[],
  ): NonNullable<Meddling['toClient']> =>
  (frame, socket) =>
    frame.type === 'chat.delta' ? change(frame['event'] as Fields, frame, socket) : [frame];

/** Frames of the client of a type are replaced by others; all else passes. */
export const sent =
  (
    type: string,
    change: (frame: Fields, socket: MeddledSocket) => readonly object[] | Promise<readonly object[]>,
  ): NonNullable<Meddling['toServer']> =>
  async (text, socket) => {
    const frame = fieldsIn(text);
    if (frame?.['type'] !== type) return [text];
    return (await change(frame, socket)).map((one) => JSON.stringify(one));
  };

/** JSON bodies of answers of these paths are changed; undefined leaves one as it is. */
export const bodies =
  (
    path: RegExp,
    change: (
      body: Fields,
      request: MeddledRequest,
      answer: MeddledAnswer,
    ) => Fields | undefined | Promise<Fields | undefined>,
  ): NonNullable<Meddling['answer']> =>
  async (answer, request) => {
    const body = fieldsIn(answer.body);
    if (body === undefined || !path.test(request.path)) return answer;
    const changed = await change(body, request, answer);
    return changed === undefined ? answer : { ...answer, body: JSON.stringify(changed) };
  };

/** Bodies of `POST /chat` are changed before the gateway reads them. */
export const chats =
  (
    change: (body: Fields, request: MeddledRequest) => Fields | MeddledAnswer,
  ): NonNullable<Meddling['request']> =>
  (request) => {
    const body = request.path === '/chat' ? fieldsIn(request.body) : undefined;
    if (body === undefined) return request;
    const changed = change(body, request);
    return 'status' in changed ? (changed as MeddledAnswer) : { ...request, body: JSON.stringify(changed) };
  };

export const json = (status: number, body: object): MeddledAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

export const refused = (status: number, code: string): MeddledAnswer =>
  json(status, { error: 'Broken on purpose.', code, retryable: false, requestId: 'req_broken' });

export function fieldsIn(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Fields)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The object without one of its fields. */
export function without(fields: Fields, name: string): Fields {
  const { [name]: _, ...rest } = fields;
  return rest;
}

/** What a gateway says of a conversation. */
export async function statusOf(gateway: string, conversationId: unknown): Promise<Fields> {
  const answer = await fetch(`${gateway}/conversations/${String(conversationId)}/status`);
  return (await answer.json()) as Fields;
}

export const HISTORY: RegExp = /^\/conversations\/[^/?]+(\?.*)?$/;
