import type { Usage } from '@dispatch/wire';

/** The two formats the server speaks. */
export type ModelFormat = 'anthropic' | 'openai';

/** A failure in a provider's shape. What is absent follows from the status, in the words of the format asked in. */
export interface FailureWords {
  /** Anthropic's `error.type`, OpenAI's `error.type`. */
  readonly type?: string;
  /** OpenAI's `error.code`; the Anthropic format has none. */
  readonly code?: string | number;
  readonly message?: string;
}

/** One step of a scripted answer. Made by the builders; shaped so that a test can also write it down. */
export type ReplyStep =
  /** Text the model says, as one delta. */
  | { readonly kind: 'text'; readonly text: string }
  /** What the model thinks, as one delta. */
  | { readonly kind: 'reasoning'; readonly text: string }
  /** One call; `pieces` together are its arguments as the model wrote them, JSON or not. */
  | {
      readonly kind: 'tool-call';
      readonly id: string;
      readonly name: string;
      readonly pieces: readonly string[];
    }
  /** Usage of the whole answer; may stand anywhere, the last one counts. Absent fields are not told. */
  | { readonly kind: 'usage'; readonly usage: Partial<Usage> }
  /** Usage in the format's own fields, as it is; `undefined` leaves it out. */
  | { readonly kind: 'raw-usage'; readonly usage: unknown }
  /** The terminal events. `reason` is the AI SDK's word or the format's own. */
  | { readonly kind: 'finish'; readonly reason: string }
  /** Nothing happens for so many milliseconds. */
  | { readonly kind: 'wait'; readonly ms: number }
  /** Goes on the wire as it is. */
  | { readonly kind: 'raw'; readonly bytes: Uint8Array }
  /** A comment line, which parsers ignore. */
  | { readonly kind: 'comment'; readonly text: string }
  /** An error event inside the stream, behind HTTP 200. */
  | { readonly kind: 'error-event'; readonly status: number; readonly words: FailureWords }
  /** So many bytes of one line that does not end. */
  | { readonly kind: 'giant-line'; readonly bytes: number }
  /** The same text again and again, until the peer closes. */
  | { readonly kind: 'endless'; readonly text: string; readonly everyMs: number }
  /** The same bytes again and again, until the peer closes. */
  | { readonly kind: 'endless-raw'; readonly bytes: Uint8Array; readonly everyMs: number }
  /** The response ends as if it were whole. */
  | { readonly kind: 'end' }
  /** The connection breaks. */
  | { readonly kind: 'reset' }
  /** Nothing more is sent; the connection stays open until the peer or the server closes. */
  | { readonly kind: 'stall' };

/** What happens to the bytes of an answer on their way. */
export interface WireTreatment {
  /** Line ends of the event stream. Absent: `\n`. */
  readonly lineEnd?: '\n' | '\r\n' | '\r';
  /** Send so many bytes at a time, across characters and lines alike. Absent: one event at a time. */
  readonly pieceBytes?: number;
  /** A byte order mark comes first. */
  readonly byteOrderMark?: boolean;
  /** Only so many bytes are sent, then the response ends (`end`) or the connection breaks (`reset`). */
  readonly cut?: { readonly afterBytes: number; readonly by: 'end' | 'reset' };
}

/** What one request gets. */
export type Reply =
  | { readonly kind: 'answer'; readonly steps: readonly ReplyStep[]; readonly wire: WireTreatment }
  /** An HTTP failure; a `body` that is present goes out as it is, otherwise the format's shape. */
  | {
      readonly kind: 'failure';
      readonly status: number;
      readonly words: FailureWords;
      readonly headers: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** The connection breaks before any answer. */
  | { readonly kind: 'refuse' }
  /** No answer ever; the connection stays open. */
  | { readonly kind: 'silence' };
