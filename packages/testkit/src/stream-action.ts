import type { ReplyStep } from './reply.ts';

/** One thing the server does while it answers. */
export type StreamAction =
  | { readonly do: 'send'; readonly bytes: Uint8Array }
  | { readonly do: 'wait'; readonly ms: number }
  /** Sends the same bytes until the peer closes. */
  | { readonly do: 'repeat'; readonly bytes: Uint8Array; readonly everyMs: number }
  /** Sends so many filler bytes. */
  | { readonly do: 'flood'; readonly bytes: number }
  | { readonly do: 'end' | 'reset' | 'stall' };

/** A format's events for the steps of one answer. */
export interface FormatWriter {
  /** Events for one step; stateful: blocks open and close as steps go by. */
  write(step: FormatStep): string;
  /** Everything that comes before the first step. */
  open(): string;
}

/** The steps a format has events for; the others are the same in every format. */
export type FormatStep = Extract<
  ReplyStep,
  { kind: 'text' | 'reasoning' | 'tool-call' | 'finish' | 'error-event' }
>;
