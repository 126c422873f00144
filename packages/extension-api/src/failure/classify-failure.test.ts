import { APICallError, EmptyResponseBodyError, InvalidResponseDataError } from '@ai-sdk/provider';
import { describe, expect, it } from 'vitest';
import { PROVIDER_FAILURE_CODES } from '../model-provider.ts';
import { classifyFailure } from './classify-failure.ts';
import { malformed, ProviderError, truncated } from './provider-error.ts';

const call = (fields: Partial<ConstructorParameters<typeof APICallError>[0]>) =>
  new APICallError({ message: 'Oops', url: 'https://secret.example/v1', requestBodyValues: {}, ...fields });
const coded = (code: string) => Object.assign(new Error(`${code} 10.0.0.7:1`), { code });

describe('classifyFailure', () => {
  it.each<[string, unknown, string]>([
    ['its own errors', truncated(), 'response-truncated'],
    ['its own malformed', malformed('x'), 'response-malformed'],
    ['a refused connection', call({ cause: coded('ECONNREFUSED') }), 'provider-unavailable'],
    ['an unknown host', call({ cause: coded('ENOTFOUND') }), 'provider-unavailable'],
    [
      'a host refused at all its addresses',
      call({ cause: new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')]) }),
      'provider-unavailable',
    ],
    ['a bad certificate', call({ cause: coded('DEPTH_ZERO_SELF_SIGNED_CERT') }), 'provider-unavailable'],
    ['silence of the library', call({ cause: coded('UND_ERR_HEADERS_TIMEOUT') }), 'provider-stalled'],
    [
      'a fetch that got nowhere',
      new TypeError('fetch failed', { cause: new Error('bad port') }),
      'provider-unavailable',
    ],
    ['a body that broke', call({ statusCode: 200, cause: coded('ECONNRESET') }), 'response-truncated'],
    ['an answer that is no JSON', call({ statusCode: 200, responseBody: 'hello' }), 'response-malformed'],
    ['an empty body', new EmptyResponseBodyError({}), 'response-truncated'],
    ['contradictions', new InvalidResponseDataError({ data: 1, message: 'x' }), 'response-malformed'],
    ['a teapot', call({ statusCode: 418 }), 'request-rejected'],
    [
      'overload in words alone',
      call({ statusCode: 503, responseBody: '{"error":{"message":"Overloaded"}}' }),
      'overloaded',
    ],
    ['a FastAPI 404', call({ statusCode: 404, responseBody: '{"detail":"Not Found"}' }), 'unknown-model'],
    ['a bare object', { type: 'rate_limit_error', message: 'x' }, 'rate-limited'],
    ['T12: an in-band rejection', { type: 'invalid_request_error', message: 'x' }, 'request-rejected'],
    [
      'T12: an in-band rejection that has a status',
      { type: 'invalid_request_error', message: 'x', code: 404 },
      'unknown-model',
    ],
    ['a numeric code', { message: 'x', code: 529 }, 'overloaded'],
    ['a text', 'it broke', 'provider-error'],
    ['nothing', undefined, 'provider-error'],
    ['null', null, 'provider-error'],
    ['a prototype name', { type: 'constructor', code: '__proto__', message: 'x' }, 'provider-error'],
    ['a programming mistake', new TypeError('x of undefined'), 'provider-error'],
    ['a passed deadline', new DOMException('late', 'TimeoutError'), 'provider-stalled'],
  ])('knows %s', (_name, error, code) => {
    const failure = classifyFailure(error, 0);
    expect(failure.code).toBe(code);
    expect(PROVIDER_FAILURE_CODES).toContain(failure.code);
    expect(failure.message).toMatch(/^[A-Z].{5,199}$/);
    expect(failure.message).not.toMatch(/10\.0\.0\.7|secret\.example|of undefined/);
  });

  it('survives causes that go in a circle', () => {
    const a = new Error('a');
    a.cause = new Error('b', { cause: a });
    expect(classifyFailure(a, 0).code).toBe('provider-error');
  });

  it('hands back the failure of a ProviderError unchanged', () => {
    const failure = { code: 'overloaded', message: 'Busy.', retryable: true, retryAfterMs: 5 } as const;
    expect(classifyFailure(new ProviderError(failure), 0)).toEqual(failure);
  });
});
