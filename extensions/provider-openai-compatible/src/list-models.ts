import { type CredentialSettings, getJson } from '@dispatch/extension-api';
import { apiRoot } from './api-root.ts';

/** Names of the models, sorted: the operator's list, or what the server tells. */
export async function listModels(
  credential: CredentialSettings,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (credential.models !== undefined) return [...new Set(credential.models)].sort();
  const headers: Record<string, string> =
    credential.apiKey === undefined ? {} : { authorization: `Bearer ${credential.apiKey}` };
  const answer = await getJson(`${apiRoot(credential)}/models`, headers, signal);
  return [...new Set(modelIds(answer))].sort();
}

/** `{ data: [{ id }] }`, or the bare list some servers send. */
function modelIds(answer: unknown): readonly string[] {
  const data = typeof answer === 'object' && answer !== null && 'data' in answer ? answer.data : answer;
  if (!Array.isArray(data)) return [];
  return data.flatMap((entry: unknown) =>
    typeof entry === 'object' && entry !== null && 'id' in entry && typeof entry.id === 'string'
      ? [entry.id]
      : [],
  );
}
