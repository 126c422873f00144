import type { Frame } from '@dispatch/tests-processes';
import { serverFrameSchemas } from '@dispatch/transport-contract/schema';
import { faultOfErrorFrame } from '../fuzz/refusals.ts';
import type { ApplicationFrame } from './application-frames.ts';
import type { Expected } from './expected-answer.ts';

/** Codes that a right `chat.send` may be refused with. */
const SEND_REFUSALS: readonly unknown[] = ['turn-running', 'idempotency-mismatch'];

/** Codes that a right frame about typing is refused with, which is one of many. */
const TYPING_REFUSALS: readonly unknown[] = ['not-found', 'rate-limited'];

/** Codes that an action there is may be refused with: its payload is whatever it may be. */
const INVOKE_REFUSALS: readonly unknown[] = ['action-refused'];

/** What is wrong with the answers to these messages, all of which were sent and waited for on one socket. */
export function faultsOfAnswers(
  sent: readonly ApplicationFrame[],
  answers: readonly Frame[],
): readonly string[] {
  const faults = answers.flatMap((answer) => faultOfServerFrame(answer) ?? []);
  const byId = new Map<unknown, Frame[]>();
  for (const answer of answers) {
    if (!isAnswer(answer)) continue;
    const id = answer['id'];
    byId.set(id, [...(byId.get(id) ?? []), answer]);
  }
  let withoutId = 0;
  let pongs = 0;
  for (const { text, kind, expected } of sent) {
    const say = (what: string): void => void faults.push(`${what} to ${kind}: ${text.slice(0, 300)}`);
    const id = expected.outcome === 'refused' ? expected.id : expected.frame.id;
    if (expected.outcome === 'accepted' && expected.frame.type === 'ping') pongs += 1;
    if (id === undefined) {
      if (expected.outcome === 'refused') withoutId += 1;
      continue;
    }
    const answers = byId.get(id) ?? [];
    // Ids that mutations made may be in use twice: each message takes the answer that is right for it.
    const at = Math.max(
      0,
      answers.findIndex((answer) => isRight(answer, expected)),
    );
    const [answer] = answers.splice(at, 1);
    if (answer === undefined) say('no answer');
    else if (!isRight(answer, expected)) say(`${answer.type} ${String(answer['code'])} is the answer`);
  }
  const refusals = byId.get(undefined)?.length ?? 0;
  if (refusals !== withoutId) faults.push(`${refusals} refusals without an id, ${withoutId} are right`);
  byId.delete(undefined);
  for (const [id, left] of byId) {
    if (left.length > 0) faults.push(`${left.length} answers too many for the id ${String(id).slice(0, 60)}`);
  }
  const heard = answers.filter(({ type }) => type === 'pong').length;
  if (heard !== pongs) faults.push(`${heard} pongs, ${pongs} pings`);
  return faults;
}

function isRight(answer: Frame, expected: Expected): boolean {
  if (expected.outcome === 'refused') {
    const codes = expected.code === 'not-found' ? TYPING_REFUSALS : [expected.code];
    return answer.type === (expected.isChat ? 'chat.error' : 'error') && codes.includes(answer['code']);
  }
  if (answer.type === 'ack') return true;
  if (expected.frame.type === 'invoke') return INVOKE_REFUSALS.includes(answer['code']);
  return expected.frame.type === 'chat.send' && SEND_REFUSALS.includes(answer['code']);
}

function isAnswer({ type }: Frame): boolean {
  return type === 'ack' || type === 'error' || type === 'chat.error';
}

/** Whether a frame is one of the contract's, and an error one in its shape. */
function faultOfServerFrame(frame: Frame): string | undefined {
  const schema = (
    serverFrameSchemas as Readonly<Record<string, { safeParse(value: unknown): { success: boolean } }>>
  )[frame.type];
  const shown = JSON.stringify(frame).slice(0, 300);
  if (schema?.safeParse(frame).success !== true) return `no frame of the contract: ${shown}`;
  if (!frame.type.endsWith('error')) return undefined;
  const fault = faultOfErrorFrame(frame);
  return fault === undefined ? undefined : `${fault}: ${shown}`;
}
