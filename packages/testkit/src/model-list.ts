import type { ModelFormat } from './reply.ts';

/** One page of the list of models, in the format asked in. Only Anthropic's has pages. */
export function modelList(
  format: ModelFormat,
  models: readonly string[],
  query: URLSearchParams,
  pageSize: number,
): object {
  if (format === 'openai') {
    const data = models.map((id) => ({ id, object: 'model', created: 0, owned_by: 'testkit' }));
    return { object: 'list', data };
  }
  const limit = Math.min(pageSize, Number(query.get('limit') ?? 20));
  const from = models.indexOf(query.get('after_id') ?? '') + 1;
  const page = models.slice(from, from + limit);
  const data = page.map((id) => ({
    type: 'model',
    id,
    display_name: id,
    created_at: '1970-01-01T00:00:00Z',
  }));
  return {
    data,
    has_more: from + limit < models.length,
    first_id: page[0] ?? null,
    last_id: page.at(-1) ?? null,
  };
}
