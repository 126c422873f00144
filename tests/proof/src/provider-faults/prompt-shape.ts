/** Whether a request that reached a provider holds what its format demands. Pure, so that a wrong one can be shown to be caught. */

interface AnthropicBlock {
  readonly type: string;
  readonly id?: string;
  readonly tool_use_id?: string;
  readonly input?: unknown;
  readonly text?: string;
}

interface PromptMessage {
  readonly role: string;
  readonly content?: string | readonly AnthropicBlock[] | null;
  readonly tool_calls?: readonly {
    readonly id: string;
    readonly function: { readonly name: string; readonly arguments: string };
  }[];
  readonly tool_call_id?: string;
}

/** What is wrong with the history in the body of a request; each line begins with `T10`. Empty: nothing. */
export function promptFlaws(format: 'anthropic' | 'openai', body: unknown): readonly string[] {
  const { messages } = body as { readonly messages?: readonly PromptMessage[] };
  if (messages === undefined || messages.length === 0) return ['T10: a request has no messages'];
  const text = JSON.stringify(messages);
  const torn = /\\ud[89a-f][0-9a-f]{2}/.test(text) ? ['T10: a request holds half a character'] : [];
  const pairs = format === 'anthropic' ? anthropicPairs(messages) : openaiPairs(messages);
  return [...torn, ...pairs].map((line) => (line.startsWith('T10') ? line : `T10: ${line}`));
}

/** Every text in the prompt, in order. */
export function promptTexts(body: unknown): readonly string[] {
  const { messages } = body as { readonly messages: readonly PromptMessage[] };
  return messages.flatMap(({ content }) =>
    typeof content === 'string' ? [content] : (content ?? []).flatMap(({ text }) => text ?? []),
  );
}

/** The message behind one with calls begins with exactly their results; roles take turns. */
function anthropicPairs(messages: readonly PromptMessage[]): readonly string[] {
  const flaws: string[] = [];
  const seen = new Set<string>();
  messages.forEach((message, at) => {
    const blocks = typeof message.content === 'string' ? [] : (message.content ?? []);
    if (message.role === messages[at - 1]?.role) flaws.push(`two messages of ${message.role} in a row`);
    const before = messages[at - 1]?.content;
    const asked = (typeof before === 'string' ? [] : (before ?? [])).flatMap(({ type, id }) =>
      type === 'tool_use' ? [id ?? ''] : [],
    );
    const answered = blocks.flatMap((block) =>
      block.type === 'tool_result' ? [block.tool_use_id ?? ''] : [],
    );
    if (!sameIds(asked, answered)) {
      flaws.push(`behind the calls [${asked.slice(0, 3)}] stand the results [${answered.slice(0, 3)}]`);
    }
    if (blocks.slice(0, answered.length).some(({ type }) => type !== 'tool_result')) {
      flaws.push('a result does not stand directly behind its call');
    }
    for (const { type, id, input } of blocks) {
      if (type !== 'tool_use') continue;
      flaws.push(...callFlaws(id ?? '', input, seen));
    }
  });
  const last = messages.at(-1)?.content;
  if (typeof last !== 'string' && last?.some(({ type }) => type === 'tool_use')) {
    flaws.push('the last calls have no results');
  }
  return flaws;
}

/** Behind a message with calls stands one message of role `tool` for each, before any other. */
function openaiPairs(messages: readonly PromptMessage[]): readonly string[] {
  const flaws: string[] = [];
  const seen = new Set<string>();
  let open: string[] = [];
  for (const message of messages) {
    if (message.role === 'tool') {
      const at = open.indexOf(message.tool_call_id ?? '');
      if (at === -1) flaws.push(`a result for ${message.tool_call_id}, which nobody called`);
      else open.splice(at, 1);
      continue;
    }
    if (open.length > 0) flaws.push(`${open.length} calls have no result directly behind them`);
    open = [];
    for (const { id, function: called } of message.tool_calls ?? []) {
      flaws.push(...callFlaws(id, parsed(called.arguments), seen));
      open.push(id);
    }
  }
  if (open.length > 0) flaws.push('the last calls have no results');
  return flaws;
}

function callFlaws(id: string, input: unknown, seen: Set<string>): readonly string[] {
  const flaws: string[] = [];
  if (seen.has(id)) flaws.push(`two calls have the id ${id}`);
  if (!/^[a-zA-Z0-9_-]{1,64}$/.test(id)) flaws.push(`the id ${id.slice(0, 80)} is refused by providers`);
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    flaws.push(`the input of ${id} is no object`);
  }
  seen.add(id);
  return flaws;
}

/** Order does not matter, numbers do. */
function sameIds(a: readonly string[], b: readonly string[]): boolean {
  return JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
