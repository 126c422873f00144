import type { Clock } from '../../clock.ts';

const TIMEOUT_MS = 5_000;
const ANSWER_CAP_BYTES = 512 * 1024;

/** The identity provider gave no answer that can be used; the message is for the log. */
export class ProviderUnavailable extends Error {
  override readonly name = 'ProviderUnavailable';
}

/** What to ask, and for how long. */
export interface JsonRequest {
  readonly url: string;
  /** Fields of a form to post. Absent: the document is read. */
  readonly form?: Readonly<Record<string, string>>;
  readonly authorization?: string;
}

export interface JsonAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Asks the identity provider; follows nobody elsewhere, waits five seconds and reads half a megabyte at most. */
export type FetchJson = (request: JsonRequest) => Promise<JsonAnswer>;

export function createFetchJson(clock: Clock): FetchJson {
  return async ({ url, form, authorization }) => {
    const controller = new AbortController();
    const cancel = clock.after(TIMEOUT_MS, () => controller.abort());
    try {
      const response = await fetch(url, {
        method: form === undefined ? 'GET' : 'POST',
        redirect: 'error',
        signal: controller.signal,
        headers: { accept: 'application/json', ...(authorization !== undefined && { authorization }) },
        ...(form !== undefined && { body: new URLSearchParams(form) }),
      });
      return { status: response.status, body: JSON.parse(await readText(response)) };
    } catch (error) {
      throw new ProviderUnavailable(`${new URL(url).origin} gave no usable answer`, { cause: error });
    } finally {
      cancel();
    }
  };
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > ANSWER_CAP_BYTES) throw new Error('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
