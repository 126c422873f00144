import type { IncomingHttpHeaders } from 'node:http';
import type { ModelFormat } from './reply.ts';

/** How the connection of a request ended. */
export type RequestEnd =
  /** Not yet. */
  | 'open'
  /** The server finished or broke it, as scripted. */
  | 'by-server'
  /** The peer closed it before the answer was whole: what an abort looks like from here. */
  | 'by-peer';

/** One request as it came in. Everything is kept as it was, keys included: this is a test's server. */
export interface RecordedRequest {
  /** 0-based, in order of arrival. */
  readonly number: number;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly format: ModelFormat;
  readonly headers: IncomingHttpHeaders;
  /** Parsed JSON; undefined without a body, the text when it is no JSON. */
  readonly body: unknown;
  /** The model asked for; empty when the body names none. */
  readonly model: string;
  /** Whether the body asks for a stream. */
  readonly stream: boolean;
  readonly end: RequestEnd;
  /** Resolves when the connection or the response has ended, with how. */
  readonly ended: Promise<Exclude<RequestEnd, 'open'>>;
  /** Bytes of the answer's body handed to the socket so far. */
  readonly bytesSent: number;
}

/** A field of the parsed body; undefined when the body is no object or has none. */
export function fieldOf(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>)[name] : undefined;
}

/** The server's own view of a request, which it goes on filling. */
export class OpenRequest implements RecordedRequest {
  readonly number: number;
  readonly method: string;
  readonly path: string;
  readonly format: ModelFormat;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
  readonly ended: Promise<Exclude<RequestEnd, 'open'>>;
  end: RequestEnd = 'open';
  bytesSent = 0;
  #settle: (end: Exclude<RequestEnd, 'open'>) => void = () => {};

  constructor(came: Pick<RecordedRequest, 'number' | 'method' | 'path' | 'format' | 'headers' | 'body'>) {
    this.number = came.number;
    this.method = came.method;
    this.path = came.path;
    this.format = came.format;
    this.headers = came.headers;
    this.body = came.body;
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  get model(): string {
    const model = fieldOf(this.body, 'model');
    return typeof model === 'string' ? model : '';
  }

  get stream(): boolean {
    return fieldOf(this.body, 'stream') === true;
  }

  /** The first word counts. */
  close(end: Exclude<RequestEnd, 'open'>): void {
    if (this.end !== 'open') return;
    this.end = end;
    this.#settle(end);
  }
}
