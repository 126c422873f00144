import { classifyFailure, type ModelProvider } from '@dispatch/extension-api';
import { listModels } from './list-models.ts';
import { openaiCompatibleModel } from './openai-compatible-model.ts';

/** The provider `openai-compatible`. `now` is the wall clock in epoch milliseconds. */
export function openaiCompatibleProvider(now: () => number = Date.now): ModelProvider {
  return {
    id: 'openai-compatible',
    listModels,
    languageModel: openaiCompatibleModel,
    classify: (error) => classifyFailure(error, now()),
  };
}
