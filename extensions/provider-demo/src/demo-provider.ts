import { classifyFailure, type ModelProvider } from '@dispatch/extension-api';
import { DEMO_MODELS, demoModel } from './demo-model.ts';
import { AnswerCount } from './fickle.ts';
import { PrefixCache } from './prefix-cache.ts';
import { type Sleep, timerSleep } from './sleep.ts';

/** The provider `demo`: `writer`, `tools`, `fickle` and `fast`. `sleep` sets their pace. */
export function demoProvider(sleep: Sleep = timerSleep): ModelProvider {
  const surroundings = { sleep, cache: new PrefixCache(), answers: new AnswerCount() };
  return {
    id: 'demo',
    listModels: async ({ models }) => [...new Set(models ?? Object.keys(DEMO_MODELS))].sort(),
    languageModel: (_credential, name) => demoModel(name, surroundings),
    warm: async (_credential, name, options) =>
      (await demoModel(name, surroundings).doGenerate({ ...options, maxOutputTokens: 0 })).usage,
    // Nothing here has a date to compare with the clock.
    classify: (error) => classifyFailure(error, 0),
  };
}
