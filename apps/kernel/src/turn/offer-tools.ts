import type { LanguageModelV3FunctionTool } from '@ai-sdk/provider';
import type { Tools } from '../ports.ts';

/** Tools as part of a request; nothing when there are none, since some providers refuse an empty list. */
export function offerTools({ all }: Pick<Tools, 'all'>): { readonly tools?: LanguageModelV3FunctionTool[] } {
  if (all.length === 0) return {};
  return {
    tools: all.map(({ name, description, inputSchema }) => ({
      type: 'function',
      name,
      description,
      inputSchema: inputSchema as LanguageModelV3FunctionTool['inputSchema'],
    })),
  };
}
