import type { RawAnswer } from '../raw-http.ts';
import type { ProbeChat } from './probe-chat.ts';
import { kindsOf, shown } from './turn-facts.ts';

/** An answer as evidence: its status and the beginning of what it says. */
export const told = ({ status, text }: Pick<RawAnswer, 'status' | 'text'>): string =>
  status === 0 ? `no answer: ${text}` : `${status}: ${shown(text)}`;

/** A `POST /chat` as evidence: its status and the kinds of its events, or what came instead. */
export function chatTold({ head, failure, events, rest }: ProbeChat): string {
  if (head === undefined) return `no answer: ${failure ?? 'nothing came'}`;
  return `${head.status}: ${events.length === 0 && rest !== '' ? shown(rest) : kindsOf(events)}`;
}
