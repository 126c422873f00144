import type { Approval } from '@dispatch/collab-contract';

/** What a terminal does not show, or what changes how the rest of a line is read. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Text that somebody decides by, whole and on one line: what cannot be seen is written out, nothing is left out. */
export function spelledOut(text: string): string {
  return text.replace(UNSEEN, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`);
}

/** What would happen, where, and until when it can be answered. */
export function askedText(approval: Approval): string {
  return `${spelledOut(approval.summary)}${placeText(approval)} · until ${timeOf(approval.expiresAt)}`;
}

/** Working directory of a call or a grant, behind what it belongs to; empty where none is told. */
export function placeText(of: object): string {
  const cwd = 'cwd' in of ? of.cwd : undefined;
  return typeof cwd === 'string' ? ` · in ${spelledOut(cwd)}` : '';
}

/** How it stands. `me` is the id of whoever reads this; undefined: nobody knows. */
export function stateText(approval: Approval, me?: string): string {
  const { state, answeredBy, answeredAt, scope } = approval;
  const who = answeredBy === undefined ? '' : ` by ${answeredBy === me ? 'you' : spelledOut(answeredBy)}`;
  const when = answeredAt === undefined ? '' : ` at ${timeOf(answeredAt)}`;
  switch (state) {
    case 'allowed':
      return `allowed${scope === 'conversation' ? ' always in this conversation' : ''}${who}${when}`;
    case 'denied':
      return `denied${who}${when}`;
    case 'expired':
      return `expired${when}: nobody answered in time, which denies it`;
    case 'withdrawn':
      return `taken back${when}: its turn ended, or its conversation has another folder, which denies it`;
    default:
      return 'waiting';
  }
}

/** Time of day here. */
const timeOf = (epochMs: number): string => new Date(epochMs).toTimeString().slice(0, 8);
