import type { Usage } from '@dispatch/wire';
import type { ReplyStep } from './reply.ts';

/** What an answer tells about its usage: counts, the format's own fields, or nothing. */
export type ToldUsage =
  | { readonly kind: 'counts'; readonly counts: Partial<Usage> }
  | { readonly kind: 'raw'; readonly fields: unknown };

/** The usage scripted in `steps`; without one, a token for every four characters of prompt and answer. */
export function usageOf(steps: readonly ReplyStep[], promptLength: number): ToldUsage {
  const told = steps.findLast((step) => step.kind === 'usage' || step.kind === 'raw-usage');
  if (told?.kind === 'usage') return { kind: 'counts', counts: told.usage };
  if (told?.kind === 'raw-usage') return { kind: 'raw', fields: told.usage };
  const written = steps.reduce((sum, step) => sum + lengthOf(step), 0);
  return { kind: 'counts', counts: { inputTokens: tokens(promptLength), outputTokens: tokens(written) } };
}

function lengthOf(step: ReplyStep): number {
  if (step.kind === 'text' || step.kind === 'reasoning') return step.text.length;
  return step.kind === 'tool-call' ? step.pieces.join('').length : 0;
}

function tokens(characters: number): number {
  return Math.max(1, Math.ceil(characters / 4));
}
