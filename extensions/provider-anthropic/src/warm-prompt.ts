import { APICallError, type LanguageModelV3CallOptions, type LanguageModelV3Usage } from '@ai-sdk/provider';
import type { CredentialSettings } from '@dispatch/extension-api';
import { anthropicModel } from './anthropic-model.ts';

/**
 * Has a prompt read into the cache without an answer: `max_tokens: 0` is the API's own way to do that. Servers that speak the same format and refuse it are
 * asked for one token. The request is otherwise that of a turn, from the same serialiser.
 */
export async function warmPrompt(
  credential: CredentialSettings,
  name: string,
  options: LanguageModelV3CallOptions,
): Promise<LanguageModelV3Usage> {
  const model = anthropicModel(credential, name);
  const { tools } = options;
  const same = tools === undefined ? options : { ...options, tools: tools.map(asStreamed) };
  const ask = async (maxOutputTokens: number) => (await model.doGenerate({ ...same, maxOutputTokens })).usage;
  try {
    return await ask(0);
  } catch (error) {
    if (
      !APICallError.isInstance(error) ||
      error.statusCode !== 400 ||
      !/max_tokens/.test(error.responseBody ?? '')
    ) {
      throw error;
    }
    return ask(1);
  }
}

type CallTool = NonNullable<LanguageModelV3CallOptions['tools']>[number];

/** The library describes a tool to a streaming request in one more field. Without it the tools differ, and with them the whole prompt behind them. */
function asStreamed(tool: CallTool): CallTool {
  if (tool.type !== 'function') return tool;
  const anthropic = { eagerInputStreaming: true, ...tool.providerOptions?.['anthropic'] };
  return { ...tool, providerOptions: { ...tool.providerOptions, anthropic } };
}
