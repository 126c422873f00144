/** What a direct call to the provider took. */
export interface DirectCall {
  /** From sending to the first text, in milliseconds. */
  readonly firstTextMs: number;
  readonly totalMs: number;
  readonly texts: number;
}

/** Asks the scripted provider itself, in the way the kernel does it, and reads the answer to its end. */
export async function callDirectly(providerUrl: string, model: string): Promise<DirectCall> {
  const began = performance.now();
  const response = await fetch(`${providerUrl}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer key' },
    body: JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'Hello' }] }),
  });
  const decoder = new TextDecoder();
  let firstTextMs = Number.NaN;
  let texts = 0;
  let rest = '';
  for await (const bytes of response.body ?? []) {
    rest += decoder.decode(bytes as Uint8Array, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (!line.startsWith('data: {')) continue;
      const delta = JSON.parse(line.slice('data: '.length)).choices?.[0]?.delta?.content;
      if (typeof delta !== 'string' || delta === '') continue;
      if (texts === 0) firstTextMs = performance.now() - began;
      texts += 1;
    }
  }
  if (texts === 0) throw new Error(`the provider answered ${response.status} without text`);
  return { firstTextMs, totalMs: performance.now() - began, texts };
}
