import { type CredentialSettings, getJson } from '@dispatch/extension-api';
import { apiRoot } from './api-root.ts';

/** Pages that are read at most; at a thousand models each, more is a server that does not stop. */
const PAGES = 20;

/** Names of the models, sorted: the operator's list, or all pages of the provider's. */
export async function listModels(
  credential: CredentialSettings,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (credential.models !== undefined) return [...new Set(credential.models)].sort();
  const headers = { 'x-api-key': credential.apiKey ?? '', 'anthropic-version': '2023-06-01' };
  const names = new Set<string>();
  let after: string | undefined;
  for (let page = 0; page < PAGES; page += 1) {
    const query = new URLSearchParams({ limit: '1000', ...(after === undefined ? {} : { after_id: after }) });
    const answer = await getJson(`${apiRoot(credential)}/models?${query}`, headers, signal);
    const before = names.size;
    for (const name of modelIds(answer)) names.add(name);
    after = nextPage(answer);
    if (after === undefined || names.size === before) break;
  }
  return [...names].sort();
}

function modelIds(answer: unknown): readonly string[] {
  if (typeof answer !== 'object' || answer === null || !('data' in answer)) return [];
  if (!Array.isArray(answer.data)) return [];
  return answer.data.flatMap((entry: unknown) =>
    typeof entry === 'object' && entry !== null && 'id' in entry && typeof entry.id === 'string'
      ? [entry.id]
      : [],
  );
}

function nextPage(answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { has_more, last_id } = answer as { has_more?: unknown; last_id?: unknown };
  return has_more === true && typeof last_id === 'string' ? last_id : undefined;
}
