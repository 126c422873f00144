import type {
  LanguageModelV3,
  LanguageModelV3CallOptions,
  LanguageModelV3StreamPart,
} from '@ai-sdk/provider';

/** What came of one streamed call, whichever way it failed. */
export interface Asked {
  readonly parts: readonly LanguageModelV3StreamPart[];
  readonly text: string;
  readonly types: readonly string[];
  /** From an `error` part or from an exception. */
  readonly error: unknown;
  readonly finish: Extract<LanguageModelV3StreamPart, { type: 'finish' }> | undefined;
}

/** Asks once and reads everything. */
export async function ask(
  model: LanguageModelV3,
  options: Partial<LanguageModelV3CallOptions> = {},
): Promise<Asked> {
  const parts: LanguageModelV3StreamPart[] = [];
  let error: unknown;
  try {
    const prompt: LanguageModelV3CallOptions['prompt'] = [
      { role: 'user', content: [{ type: 'text', text: 'hi' }] },
    ];
    const { stream } = await model.doStream({ prompt, maxOutputTokens: 50, ...options });
    const reader = stream.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
    }
  } catch (caught) {
    error = caught;
  }
  const failed = parts.find((part) => part.type === 'error');
  return {
    parts,
    text: parts.map((part) => (part.type === 'text-delta' ? part.delta : '')).join(''),
    types: parts.map((part) => part.type),
    error: failed?.error ?? error,
    finish: parts.find((part) => part.type === 'finish'),
  };
}
