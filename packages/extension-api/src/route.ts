import type { JsonSchema, JsonValue } from './json.ts';

/** A request as a route gets it: authenticated, within its limits, and fitting its schemas. */
export interface RouteRequest {
  readonly userId: string;
  /** Values of the path's parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Values of the query, decoded; of a repeated name the last. */
  readonly query: Readonly<Record<string, string>>;
  /** Absent: the request had no body. */
  readonly body?: JsonValue;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

/** An HTTP operation of an extension. */
export interface ExtensionRoute {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Parameters start with a colon: `/x/acme-plan/items/:id`. */
  readonly path: string;
  /** What a caller must be allowed to do. */
  readonly scope: 'chat:read' | 'chat:write';
  /** Of type `object`; the values are strings. Absent: any query. */
  readonly query?: JsonSchema;
  /** Absent: the body is not looked at. */
  readonly body?: JsonSchema;
  /** The answer, as JSON, with status 200; 60 s at most. Throw {@link RouteError} for anything else. */
  handle(request: RouteRequest): JsonValue | Promise<JsonValue>;
}

/** An answer that is an error, in the one shape all errors have. */
export class RouteError extends Error {
  /** A code of transport-contract's `ERRORS`; it decides the status. Another one is answered as `internal`. */
  readonly code: string;
  /** What to do about it. Absent when the message says it all. */
  readonly hint: string | undefined;

  constructor(code: string, message: string, hint?: string) {
    super(message);
    this.name = 'RouteError';
    this.code = code;
    this.hint = hint;
  }
}
