import type { ProviderFailure } from '../model-provider.ts';

const SENTENCES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'The model provider refuses connections. Is its server running?',
  ENOTFOUND: "The model provider's host name is unknown.",
  EAI_AGAIN: "The model provider's host name cannot be resolved at the moment.",
  ECONNRESET: 'The model provider broke the connection.',
  EPIPE: 'The model provider broke the connection.',
  UND_ERR_SOCKET: 'The model provider broke the connection.',
  EHOSTUNREACH: 'The model provider cannot be reached.',
  ENETUNREACH: 'The model provider cannot be reached.',
  ETIMEDOUT: 'The model provider cannot be reached in time.',
  UND_ERR_CONNECT_TIMEOUT: 'The model provider cannot be reached in time.',
};
/** Silence of a server that was reached. */
const SILENCE = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

/** A failure of the connection itself, found anywhere in the chain of causes. Undefined: it was something else. */
export function connectionFailure(error: unknown): ProviderFailure | undefined {
  for (const link of causes(error)) {
    const code = 'code' in link && typeof link.code === 'string' ? link.code : undefined;
    if (code !== undefined && SILENCE.has(code)) {
      return { code: 'provider-stalled', message: 'The model provider stopped sending.', retryable: true };
    }
    if (code !== undefined && Object.hasOwn(SENTENCES, code)) {
      return unavailable(SENTENCES[code] ?? '');
    }
    if (code !== undefined && /^(?:ERR_TLS|ERR_SSL|CERT|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code)) {
      return unavailable("The model provider's certificate is not valid.", false);
    }
  }
  const unreached = causes(error).some(
    (link) => link instanceof TypeError && link.message === 'fetch failed',
  );
  return unreached ? unavailable('The model provider cannot be reached.') : undefined;
}

function unavailable(message: string, retryable = true): ProviderFailure {
  return { code: 'provider-unavailable', message, retryable };
}

/** The error, its causes and the members of aggregates (a name with several addresses fails as one). */
function causes(error: unknown): readonly Error[] {
  const found: Error[] = [];
  const waiting: unknown[] = [error];
  while (waiting.length > 0 && found.length < 20) {
    const next = waiting.shift();
    if (!(next instanceof Error) || found.includes(next)) continue;
    found.push(next);
    waiting.push(next.cause, ...(next instanceof AggregateError ? next.errors : []));
  }
  return found;
}
