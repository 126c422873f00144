import { classifyFailure, type ModelProvider } from '@dispatch/extension-api';
import { anthropicModel } from './anthropic-model.ts';
import { listModels } from './list-models.ts';
import { warmPrompt } from './warm-prompt.ts';

/** The provider `anthropic`. `now` is the wall clock in epoch milliseconds. */
export function anthropicProvider(now: () => number = Date.now): ModelProvider {
  return {
    id: 'anthropic',
    listModels,
    languageModel: anthropicModel,
    warm: warmPrompt,
    classify: (error) => classifyFailure(error, now()),
  };
}
