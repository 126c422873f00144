import type {
  LanguageModelV3FinishReason,
  LanguageModelV3Prompt,
  LanguageModelV3StreamPart,
  LanguageModelV3ToolCall,
} from '@ai-sdk/provider';
import type { ProviderFailure } from '@dispatch/extension-api';
import type { AgentEvent, StepId } from '@dispatch/wire';
import type { ResolvedModel } from '../ports.ts';
import { parseCallInput } from './call-input.ts';
import { cutText, isPromptCallId, uniqueCallId, uniquePromptCallId } from './prompt-text.ts';
import { AnswerFailed, AnswerTruncated, classifyFailure } from './provider-failure.ts';
import { readModelStream } from './read-model-stream.ts';
import type { RunningTurn } from './running-turn.ts';
import { createStepMessage, type StepMessage } from './step-message.ts';
import type { RequestedCall, ToolRunner } from './tool-runner.ts';
import type { DeltaEvent } from './turn-journal.ts';
import { readUsage } from './usage.ts';

/** Longest piece of text in one event. */
const PIECE_CHARACTERS = 32_768;

/** After so many parts the event loop gets its turn, however fast they come. */
const PARTS_PER_BREATH = 256;

/** How one request to one model went. */
export type StepAnswer =
  | {
      readonly kind: 'finished';
      readonly message: StepMessage;
      readonly finishReason: LanguageModelV3FinishReason;
    }
  /** `emitted`: watchers have seen some of it, so that it must not be asked for again. */
  | { readonly kind: 'failed'; readonly failure: ProviderFailure; readonly emitted: boolean };

export interface StepRequest {
  readonly turn: RunningTurn;
  readonly stepId: StepId;
  readonly resolved: ResolvedModel;
  readonly prompt: LanguageModelV3Prompt;
  readonly runner: ToolRunner;
}

/** Asks a model once and turns its stream into events. Throws only the turn's own stop. */
export async function answerStep(request: StepRequest): Promise<StepAnswer> {
  const { turn, stepId, resolved, runner } = request;
  const { conversationId, turnId, writer, ceilings, clock, limits, signal } = turn;
  const message = createStepMessage();
  const stopwatch = turn.beginStep();
  let emitted = false;
  /** Calls the model is still writing. Nothing of them is stored, and it may go on writing for ever. */
  const unfinished = { calls: 0, characters: 0 };

  /** Events of a step count against the ceiling before they are stored. */
  const emit = (event: Exclude<AgentEvent, DeltaEvent>): Promise<void> => {
    emitted = true;
    turn.admit(JSON.stringify(event).length);
    return writer.append(event);
  };

  const emitText = (type: DeltaEvent['type'], text: string) => {
    for (const delta of pieces(text)) {
      turn.admit(delta.length);
      const event: DeltaEvent = { type, conversationId, turnId, delta };
      if (emitted) writer.appendSoon(event);
      else void writer.append(event);
      emitted = true;
      stopwatch.markOutput();
    }
  };

  const emitCall = (part: LanguageModelV3ToolCall) => {
    // No provider's own tools are ever offered, so there is nobody to answer such a call.
    if (part.providerExecuted === true) return;
    unfinished.calls = Math.max(0, unfinished.calls - 1);
    unfinished.characters = Math.max(0, unfinished.characters - part.input.length);
    turn.foresee(1, 0);
    const toolCallId = uniqueCallId(part.toolCallId, turn.callIds);
    const promptCallId = isPromptCallId(toolCallId)
      ? toolCallId
      : uniquePromptCallId(toolCallId, turn.callIds);
    const parsed = parseCallInput(part.input, limits.toolInputCharacters);
    const call: RequestedCall = { toolCallId, promptCallId, toolName: part.toolName, ...parsed };
    message.addCall({ ...call, toolCallId: promptCallId }, part.providerMetadata);
    turn.ceilings.addToolCall();
    const { toolName, input } = call;
    runner.take(
      call,
      emit({ type: 'tool-call', conversationId, turnId, stepId, toolCallId, toolName, input }),
    );
  };

  const take = (part: LanguageModelV3StreamPart): LanguageModelV3FinishReason | undefined => {
    switch (part.type) {
      case 'text-delta':
      case 'reasoning-delta':
        message.addBlock(part);
        emitText(part.type, part.delta);
        return undefined;
      case 'text-start':
      case 'text-end':
      case 'reasoning-start':
      case 'reasoning-end':
        message.addBlock(part);
        return undefined;
      case 'tool-input-start':
        unfinished.calls += 1;
        turn.foresee(unfinished.calls, unfinished.characters);
        return undefined;
      case 'tool-input-delta':
        unfinished.characters += part.delta.length;
        turn.foresee(unfinished.calls, unfinished.characters);
        return undefined;
      case 'tool-call':
        emitCall(part);
        return undefined;
      case 'error':
        throw part.error;
      case 'finish': {
        stopwatch.markEnd();
        const { unified, raw } = part.finishReason;
        if (unified === 'error') throw new AnswerFailed();
        if (unified === 'other' && raw === undefined) throw new AnswerTruncated();
        const usage = readUsage(part.usage);
        if (usage !== undefined) {
          ceilings.addUsage(usage);
          emitted = true;
          // The step is complete right behind it.
          writer.appendAlong({ type: 'usage', conversationId, turnId, usage, stepId });
        }
        return part.finishReason;
      }
      default:
        return undefined;
    }
  };

  const options = { prompt: request.prompt, ...turn.toolOptions };
  let parts = 0;
  try {
    for await (const part of readModelStream({ model: resolved.model, options, clock, limits, signal })) {
      const finishReason = take(part);
      if (finishReason !== undefined) return { kind: 'finished', message, finishReason };
      await writer.pressure();
      parts += 1;
      if (parts % PARTS_PER_BREATH === 0) await clock.sleep(0, signal);
    }
    throw new AnswerTruncated();
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    stopwatch.markEnd();
    return { kind: 'failed', failure: classifyFailure(error, resolved), emitted };
  }
}

/** Cuts long text without tearing a surrogate pair apart. */
function* pieces(text: string): Generator<string> {
  for (let rest = text; rest !== ''; ) {
    const piece = cutText(rest, PIECE_CHARACTERS);
    yield piece;
    rest = rest.slice(piece.length);
  }
}
