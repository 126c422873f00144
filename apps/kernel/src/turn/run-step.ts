import type { LanguageModelV3Prompt } from '@ai-sdk/provider';
import type { ProviderFailure } from '@dispatch/extension-api';
import type { StatusEvent, StepId, TurnId } from '@dispatch/wire';
import { answerStep, type StepAnswer } from './answer-step.ts';
import { mayRetry, retryDelayMs, unknownModel } from './provider-failure.ts';
import type { RunningTurn } from './running-turn.ts';
import type { ToolRunner } from './tool-runner.ts';
import { TurnStop } from './turn-ending.ts';

export type FinishedStep = Extract<StepAnswer, { kind: 'finished' }> & {
  /** Full name of the model that answered. */
  readonly model: string;
};

/**
 * One answer for one step: the model is asked again while nothing of it was seen, then its fallbacks are tried. Throws {@link TurnStop} with the last
 * failure; attempts before it show as `status` events only.
 */
export async function runStep(
  turn: RunningTurn,
  stepId: StepId,
  promptFor: (model: string) => LanguageModelV3Prompt,
  runner: ToolRunner,
): Promise<FinishedStep> {
  for (;;) {
    const model = turn.models[turn.modelIndex] ?? turn.models[0];
    const answer = await askWithRetries(turn, stepId, model, promptFor(model), runner);
    if (answer.kind === 'finished') return { ...answer, model };
    const next = turn.models[turn.modelIndex + 1];
    if (answer.emitted || next === undefined) {
      const { code, message, retryable } = answer.failure;
      throw new TurnStop({ reason: 'error', error: { code, message, retryable } });
    }
    turn.modelIndex += 1;
    await report(turn, { status: 'falling-back', code: answer.failure.code, model: next });
  }
}

async function askWithRetries(
  turn: RunningTurn,
  stepId: StepId,
  model: string,
  prompt: LanguageModelV3Prompt,
  runner: ToolRunner,
): Promise<StepAnswer> {
  const resolved = turn.modelSource.resolve(model);
  if (resolved === undefined) {
    const failure = unknownModel(model);
    logFailure(turn, model, failure);
    return { kind: 'failed', failure, emitted: false };
  }
  for (let retry = 0; ; retry += 1) {
    const answer = await answerStep({ turn, stepId, resolved, prompt, runner });
    if (answer.kind === 'finished') return answer;
    logFailure(turn, model, answer.failure);
    if (answer.emitted) return answer;
    if (retry >= turn.limits.retries || !mayRetry(answer.failure)) return answer;
    const delayMs = retryDelayMs(answer.failure, retry, turn.limits, turn.ids);
    const { code } = answer.failure;
    await report(turn, { status: 'retrying', code, attempt: retry + 2, delayMs, model });
    await turn.clock.sleep(delayMs, turn.signal);
  }
}

/** Without the provider's own words: they may quote the prompt or a key. */
function logFailure({ log, turnId }: RunningTurn, model: string, { code }: ProviderFailure): void {
  log.warn({ turnId, model, code }, 'a model did not answer');
}

async function report(
  { conversationId, turnId, writer }: RunningTurn,
  status: Pick<StatusEvent, 'status' | 'code' | 'attempt' | 'delayMs' | 'model'>,
): Promise<void> {
  await writer.append({ type: 'status', conversationId, turnId: turnId as TurnId, ...status });
}
