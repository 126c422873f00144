import type {
  LanguageModelV3FinishReason,
  LanguageModelV3Message,
  LanguageModelV3Prompt,
} from '@ai-sdk/provider';
import type { StepId, StoredChunk } from '@dispatch/wire';
import type { Reads } from '../ports.ts';
import { DamagedHistoryError } from '../storage/read-history.ts';
import { onLine } from './on-line.ts';
import { promptFromHistory, toolResultPart, userMessages } from './prompt.ts';
import { type FinishedStep, runStep } from './run-step.ts';
import type { RunningTurn } from './running-turn.ts';
import { stepIdOf } from './step-id.ts';
import { createToolRunner, type ToolRunner } from './tool-runner.ts';
import {
  DAMAGED_FAILURE,
  type Handover,
  INTERNAL_FAILURE,
  type TurnEnding,
  TurnStop,
} from './turn-ending.ts';
import type { OpenCalls } from './waiting-turn.ts';

/** One completed step, as later steps of the turn show it to a model. */
interface PastStep {
  readonly answer: FinishedStep;
  /** Absent: it called nothing. */
  readonly results?: LanguageModelV3Message;
  /** What the user steered into the turn behind it. */
  readonly steered: readonly string[];
}

/**
 * Asks, runs tools and asks again until the turn is over. Never throws; whatever happens is the turn's ending. `known`: the conversation's log as it was
 * read before the turn was admitted. With `open` the turn goes on where an earlier start of the kernel left it: its calls first.
 */
export async function runTurn(
  turn: RunningTurn,
  read: Pick<Reads, 'history'>,
  known: readonly StoredChunk[],
  open?: OpenCalls,
): Promise<TurnEnding | Handover> {
  let runner: ToolRunner | undefined;
  try {
    const since = await read.history(turn.conversationId, { sinceSeq: known.at(-1)?.seq ?? 0 });
    const history = onLine([...known, ...since], turn.line);
    if (open !== undefined) {
      runner = createRunner(turn);
      for (const call of open.calls) runner.take(call, Promise.resolve());
      await storeResults(turn, stepIdOf(turn.turnId, open.steps - 1), runner);
      // What comes in here is read from the turn's own events, as everything before it.
      await takeSteered(turn, open.steps, undefined);
    }
    const before = open === undefined ? promptOf(turn, history) : promptGoingOn(turn, history);
    const past: PastStep[] = [];
    for (let index = open?.steps ?? 0; ; index += 1) {
      const ceiling = turn.ceilings.beforeStep(index);
      if (ceiling !== undefined) return { reason: ceiling };
      const stepId = stepIdOf(turn.turnId, index);
      runner = createRunner(turn);
      const answer = await runStep(turn, stepId, (model) => [...before, ...asSeenBy(model, past)], runner);
      await completeStep(turn, stepId);
      const results = runner.calls.length === 0 ? {} : { results: await storeResults(turn, stepId, runner) };
      const reason = endBehind(answer, runner);
      const steered = await takeSteered(turn, index + 1, reason);
      if (reason !== undefined && steered.length === 0) return { reason };
      past.push({ answer, ...results, steered });
    }
  } catch (error) {
    const ending = endingOf(turn, error);
    if (typeof ending === 'string') return ending;
    const timings = turn.timings();
    return {
      ...ending,
      ...(timings === undefined ? {} : { timings }),
      ...(runner === undefined ? {} : { outcomes: runner.outcomes }),
    };
  }
}

function promptOf(turn: RunningTurn, history: readonly StoredChunk[]): LanguageModelV3Prompt {
  return [...promptFromHistory(history, turn.callIds), ...userMessages([turn.message])];
}

/** The same with what the turn has said so far, as it is stored: a provider's signatures are not. */
function promptGoingOn(turn: RunningTurn, history: readonly StoredChunk[]): LanguageModelV3Prompt {
  const own = turn.writer.fold.chunks();
  const prompt = promptFromHistory([...history, ...own], turn.callIds);
  for (const { chunk } of own) if (chunk.type === 'tool-call') turn.callIds.add(chunk.toolCallId);
  return prompt;
}

function createRunner(turn: RunningTurn): ToolRunner {
  const emit: Parameters<typeof createToolRunner>[0]['emit'] = (event) => {
    try {
      turn.admit(event.data.length);
    } catch {
      // The turn is ending at a ceiling; the tool is told by its signal, not by an exception in its output.
      return;
    }
    void turn.writer.append(event);
  };
  const { tools, gate, limits, clock, log, signal } = turn;
  return createToolRunner({ turn, tools, gate, limits, clock, log, signal, emit });
}

async function completeStep(turn: RunningTurn, stepId: StepId): Promise<void> {
  const { conversationId, turnId } = turn;
  await turn.writer.append({ type: 'step-complete', conversationId, turnId, stepId, ...turn.timings() });
}

/** Stores the results in call order, each as soon as it and all before it are known. */
async function storeResults(
  turn: RunningTurn,
  stepId: StepId,
  runner: ToolRunner,
): Promise<LanguageModelV3Message> {
  const { conversationId, turnId } = turn;
  const content = [];
  let stored = Promise.resolve();
  turn.openCalls = runner;
  for (const { toolCallId, promptCallId, toolName } of runner.calls) {
    const outcome = await runner.outcome(toolCallId);
    turn.admit(outcome.content.length);
    const call = { stepId, toolCallId, toolName };
    stored = turn.writer.append({ type: 'tool-result', conversationId, turnId, ...call, ...outcome });
    content.push(toolResultPart({ toolCallId: promptCallId, toolName }, outcome));
  }
  turn.openCalls = undefined;
  await stored;
  return { role: 'tool', content };
}

/** Why the turn is over behind this step. Undefined: its calls have results that the model should see. */
function endBehind({ finishReason }: FinishedStep, { calls }: ToolRunner): string | undefined {
  if (calls.length === 0) return doneReason(finishReason);
  return finishReason.unified === 'content-filter' ? 'content-filter' : undefined;
}

/**
 * What was steered into the turn meanwhile, for the step with this index; it lets a turn go on that would be over. Behind a filter, or where no further step
 * may begin, messages go on waiting.
 */
async function takeSteered(
  turn: RunningTurn,
  index: number,
  reason: string | undefined,
): Promise<readonly string[]> {
  if (reason === 'content-filter' || turn.ceilings.beforeStep(index) !== undefined) return [];
  turn.signal.throwIfAborted();
  const steered = await turn.steering.deliver(turn.writer, reason !== undefined);
  for (const text of steered) turn.admit(text.length);
  return steered;
}

function asSeenBy(model: string, past: readonly PastStep[]): readonly LanguageModelV3Message[] {
  return past.flatMap(({ answer, results, steered }) => {
    const message = answer.model === model ? answer.message.own() : answer.message.plain();
    return [
      ...(message === undefined ? [] : [message]),
      ...(message === undefined || results === undefined ? [] : [results]),
      ...steered.flatMap((text) => userMessages([text])),
    ];
  });
}

function doneReason({ unified, raw }: LanguageModelV3FinishReason): string {
  return unified === 'other' ? (raw ?? unified) : unified;
}

function endingOf(turn: RunningTurn, error: unknown): TurnEnding | Handover {
  // A stop of the turn shows as many different exceptions; its own reason is the true one.
  if (turn.signal.aborted && turn.signal.reason instanceof TurnStop) return turn.signal.reason.ending;
  if (error instanceof TurnStop) return error.ending;
  if (error instanceof DamagedHistoryError) {
    const { conversationId, damaged } = error;
    turn.log.error({ turnId: turn.turnId, conversationId, damaged }, 'a turn met damaged chunks');
    return { reason: 'error', error: DAMAGED_FAILURE };
  }
  turn.log.error({ err: error, turnId: turn.turnId }, 'a turn failed inside the kernel');
  return { reason: 'error', error: INTERNAL_FAILURE };
}
