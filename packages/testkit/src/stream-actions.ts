import { anthropicEvents } from './anthropic-events.ts';
import { openaiEvents } from './openai-events.ts';
import type { ModelFormat, Reply, ReplyStep, WireTreatment } from './reply.ts';
import type { StreamAction } from './stream-action.ts';
import { usageOf } from './usage-of.ts';

/** What a stream needs to know about the request it answers. */
export interface StreamContext {
  readonly format: ModelFormat;
  readonly model: string;
  /** Characters of the prompt, for the usage of answers that script none. */
  readonly promptLength: number;
  /** OpenAI's `stream_options.include_usage`. */
  readonly includeUsage: boolean;
}

type Answer = Extract<Reply, { kind: 'answer' }>;

const encoder = new TextEncoder();

/** Everything the server does for a streamed answer, in order. */
export function streamActions(answer: Answer, context: StreamContext): readonly StreamAction[] {
  const usage = usageOf(answer.steps, context.promptLength);
  const { model, includeUsage } = context;
  const writer =
    context.format === 'anthropic'
      ? anthropicEvents({ id: 'msg_scripted', model, usage })
      : openaiEvents({ id: 'chatcmpl-scripted', model, usage, includeUsage });
  const lineEnd = answer.wire.lineEnd ?? '\n';
  const send = (text: string): StreamAction => ({
    do: 'send',
    bytes: encoder.encode(lineEnd === '\n' ? text : text.replaceAll('\n', lineEnd)),
  });

  const actions: StreamAction[] = [];
  if (answer.wire.byteOrderMark === true) actions.push({ do: 'send', bytes: encoder.encode('\uFEFF') });
  actions.push(send(writer.open()));
  for (const step of answer.steps) {
    switch (step.kind) {
      case 'usage':
      case 'raw-usage':
        break;
      case 'comment':
        actions.push(send(`: ${step.text}\n\n`));
        break;
      case 'endless': {
        const bytes = encoder.encode(writer.write({ kind: 'text', text: step.text }));
        const again = encoder.encode(writer.write({ kind: 'text', text: step.text }));
        actions.push({ do: 'send', bytes }, { do: 'repeat', bytes: again, everyMs: step.everyMs });
        break;
      }
      case 'endless-raw':
        actions.push({ do: 'repeat', bytes: step.bytes, everyMs: step.everyMs });
        break;
      case 'text':
      case 'reasoning':
      case 'tool-call':
      case 'finish':
      case 'error-event':
        actions.push(send(writer.write(step)));
        break;
      default:
        actions.push(plain(step));
    }
  }
  return treated([...actions, { do: 'end' }], answer.wire);
}

function plain(
  step: Extract<ReplyStep, { kind: 'wait' | 'raw' | 'giant-line' | 'end' | 'reset' | 'stall' }>,
): StreamAction {
  if (step.kind === 'wait') return { do: 'wait', ms: step.ms };
  if (step.kind === 'raw') return { do: 'send', bytes: step.bytes };
  if (step.kind === 'giant-line') return { do: 'flood', bytes: step.bytes };
  return { do: step.kind };
}

function treated(actions: readonly StreamAction[], wire: WireTreatment): readonly StreamAction[] {
  const pieces = actions.flatMap((action): readonly StreamAction[] => {
    if (action.do !== 'send' || wire.pieceBytes === undefined) return [action];
    const cut: StreamAction[] = [];
    for (let at = 0; at < action.bytes.length; at += wire.pieceBytes) {
      cut.push({ do: 'send', bytes: action.bytes.subarray(at, at + wire.pieceBytes) });
    }
    return cut;
  });
  return wire.cut === undefined ? pieces : cutOff(pieces, wire.cut);
}

function cutOff(
  actions: readonly StreamAction[],
  cut: NonNullable<WireTreatment['cut']>,
): readonly StreamAction[] {
  const kept: StreamAction[] = [];
  let left = cut.afterBytes;
  for (const action of actions) {
    if (action.do !== 'send') {
      kept.push(action);
      continue;
    }
    if (left > 0) kept.push({ do: 'send', bytes: action.bytes.subarray(0, left) });
    left -= action.bytes.length;
    if (left <= 0) break;
  }
  return [...kept, { do: cut.by }];
}
