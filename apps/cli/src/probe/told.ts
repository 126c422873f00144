import type { RawAnswer } from '../raw-http.ts';
import { shown } from './turn-facts.ts';

/** An answer as evidence: its status and the beginning of what it says. */
export const told = ({ status, text }: Pick<RawAnswer, 'status' | 'text'>): string =>
  `${status}: ${shown(text)}`;
