import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { requireConversation } from '../resolve-conversation.ts';

export interface WarmOptions {
  readonly model?: string;
}

/** A warm reads the whole prompt; a long one takes a provider its time, in milliseconds. */
const WARMED_WITHIN_MS = 120_000;

/** `dispatch warm ID`: reads the conversation's prompt into its provider's cache, without a turn. */
export async function warm(
  { client, out }: CommandContext,
  id: string,
  { model }: WarmOptions,
): Promise<number> {
  const conversationId = (await requireConversation(client, id)).id;
  const answer = await client.warm(
    { conversationId, ...(model === undefined ? {} : { model }) },
    { timeoutMs: WARMED_WITHIN_MS },
  );
  if (out.json) {
    out.record({ conversationId, ...answer });
    return EXIT.success;
  }
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, cachePct, expectedCacheRate } =
    answer;
  const told = cacheReadTokens + cacheWriteTokens > 0;
  const figures: readonly (readonly [name: string, value: number, more?: string])[] = [
    ['input', inputTokens],
    ['from cache', cacheReadTokens, ` (${cachePct}%)`],
    ['written', cacheWriteTokens],
    ['output', outputTokens],
  ];
  const width = Math.max(...figures.map(([, value]) => grouped(value).length));
  for (const [name, value, more = ''] of figures) {
    out.line(`${name.padEnd(10)}  ${grouped(value).padStart(width)} tokens${more}`);
  }
  out.line(
    `retention   ${told ? out.style.bold(`${expectedCacheRate}%`) : '— (the provider told of no cached tokens)'}`,
  );
  return EXIT.success;
}

/** `12,345`, wherever it is read. */
const grouped = (value: number): string => value.toLocaleString('en-US');
