import { APICallError } from '@ai-sdk/provider';
import { malformed } from '../failure/provider-error.ts';
import { readText } from './bounded-body.ts';

/** Bytes. The longest model lists of today are a tenth of it. */
const LIMIT = 4 * 1024 * 1024;

/**
 * The JSON behind a GET. Rejects with what {@link classifyFailure} understands; with the signal's reason on abort. Redirects are
 * not followed: they would carry the key elsewhere.
 */
export async function getJson(
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<unknown> {
  const response = await fetch(url, { headers, signal, redirect: 'manual' });
  const text = (await readText(response, LIMIT)) ?? '';
  if (!response.ok) {
    throw new APICallError({
      message: `HTTP ${response.status}`,
      url,
      requestBodyValues: undefined,
      statusCode: response.status,
      responseHeaders: Object.fromEntries(response.headers),
      responseBody: text.slice(0, 64 * 1024),
    });
  }
  try {
    return JSON.parse(text);
  } catch {
    throw malformed('its list of models is no JSON', false);
  }
}
