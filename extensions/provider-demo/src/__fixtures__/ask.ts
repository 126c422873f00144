import type {
  LanguageModelV3,
  LanguageModelV3CallOptions,
  LanguageModelV3StreamPart,
} from '@ai-sdk/provider';

/** A prompt of the user's messages alone. */
export function userPrompt(...messages: readonly string[]): LanguageModelV3CallOptions['prompt'] {
  return messages.map((text) => ({ role: 'user', content: [{ type: 'text', text }] }));
}

/** Everything one streamed call gives. */
export async function ask(model: LanguageModelV3, options: LanguageModelV3CallOptions) {
  const { stream } = await model.doStream(options);
  const parts: LanguageModelV3StreamPart[] = [];
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
  }
  const finish = parts.find((part) => part.type === 'finish');
  if (finish === undefined) throw new Error('No finish.');
  return {
    parts,
    text: parts.map((part) => (part.type === 'text-delta' ? part.delta : '')).join(''),
    calls: parts.filter((part) => part.type === 'tool-call'),
    usage: finish.usage,
    reason: finish.finishReason,
  };
}
