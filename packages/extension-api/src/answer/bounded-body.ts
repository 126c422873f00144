import { malformed } from '../failure/provider-error.ts';

/** Bytes. Errors say what they say in their first few hundred. */
const ERROR_LIMIT = 64 * 1024;

/** The same answer with at most the first 64 KiB of its body: an error without end would be read without end. */
export async function bounded(response: Response): Promise<Response> {
  const text = await readText(response, ERROR_LIMIT);
  return new Response(NO_BODY.has(response.status) ? null : (text ?? ''), {
    status: response.status,
    statusText: response.statusText,
    headers: response.headers,
  });
}

const NO_BODY = new Set([101, 204, 205, 304]);

/**
 * Some gateways answer a streaming request with 200 and one JSON object that holds an error. It is made what it stands for.
 * Any other JSON is no event stream.
 */
export async function refusedInBand(response: Response): Promise<Response> {
  const text = (await readText(response, ERROR_LIMIT)) ?? '';
  const error = errorIn(text);
  if (error === undefined) throw malformed('the server does not stream');
  const number = 'code' in error ? error.code : undefined;
  const status = typeof number === 'number' && number >= 400 && number < 600 ? number : 500;
  return new Response(text, { status, headers: response.headers });
}

function errorIn(text: string): object | undefined {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== 'object' || body === null || !('error' in body)) return undefined;
    if (typeof body.error === 'string') return { message: body.error };
    return typeof body.error === 'object' && body.error !== null ? body.error : undefined;
  } catch {
    return undefined;
  }
}

/** The body as text up to `limit` bytes; the rest is not read. Undefined: no body. */
export async function readText(response: Response, limit: number): Promise<string | undefined> {
  if (response.body === null) return undefined;
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (let size = 0; size < limit; ) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value.subarray(0, limit - size), { stream: true });
    size += value.byteLength;
  }
  await reader.cancel();
  return text;
}
