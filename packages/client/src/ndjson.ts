import { type ByteStream, createTextDecoder } from './platform.ts';

/**
 * The JSON values of a newline-separated body, each as soon as its line is complete. A last line without its
 * newline is the mark of a cut stream and is not given out.
 *
 * @throws SyntaxError on a line that is not JSON
 */
export async function* readNdjson(body: ByteStream): AsyncGenerator<unknown, void, undefined> {
  const reader = body.getReader();
  const decoder = createTextDecoder();
  let rest = '';
  let finished = false;
  try {
    while (true) {
      const { done, value } = await reader.read();
      if (done) break;
      const lines = (rest + decoder.decode(value, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.trim() !== '') yield JSON.parse(line);
    }
    finished = true;
  } finally {
    if (!finished) await reader.cancel().catch(() => undefined);
  }
}
