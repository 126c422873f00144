import type { ToolApproval } from '@dispatch/extension-api';
import { cutText } from '../turn/prompt-text.ts';
import type { ActingCall } from './acting-call.ts';

const SUMMARY_CHARACTERS = 500;
/** A longer pattern is none: what was cut off would be covered, too. */
const PATTERN_CHARACTERS = 1_000;

/** A call in words for who decides about it. */
export interface CallDescription {
  readonly summary: string;
  /** Null: the tool cannot say what a lasting answer would cover. */
  readonly pattern: string | null;
}

/** Asks the tool what its call would do. What it gives is data: one line, of bounded length; a tool that fails at it is shown by its name. */
export function describeCall(approval: ToolApproval, { tool, input }: ActingCall): CallDescription {
  // Copies: what is run is what was shown.
  const summary = textOr('', () => approval.summary(structuredClone(input)));
  const pattern = textOr('', () => approval.pattern(structuredClone(input)));
  return {
    summary: cutText(oneLine(summary) || tool, SUMMARY_CHARACTERS),
    pattern: pattern === '' || pattern.length > PATTERN_CHARACTERS ? null : pattern,
  };
}

function textOr(otherwise: string, give: () => unknown): string {
  try {
    const text = give();
    return typeof text === 'string' ? text : otherwise;
  } catch {
    return otherwise;
  }
}

/** Without what would break the line or turn its direction, so that nothing hides behind what is seen. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}
