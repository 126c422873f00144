import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ModelProvider } from '@dispatch/extension-api';
import { type Credential, settingsOf } from '../model/model-catalogue.ts';
import type { Clock } from '../ports.ts';
import { untilAborted } from '../until-aborted.ts';

/** What became of asking a credential for its models. */
export type ModelsAnswer =
  | { readonly state: 'listed'; readonly models: readonly string[] }
  /** `code` and `message` are the provider's classification, free of keys and addresses. */
  | { readonly state: 'failed'; readonly code: string; readonly message: string }
  | { readonly state: 'not-asked'; readonly reason: 'offline' | 'listed-by-operator' | 'no-provider' };

/** One credential, without its secret. */
export interface CredentialFacts {
  readonly name: string;
  readonly provider: string;
  readonly hasKey: boolean;
  /** Where it goes, as scheme, host and port. Null: the provider's own address. */
  readonly origin: string | null;
  readonly answer: ModelsAnswer;
  /** The provider's clock minus ours, in milliseconds, as far as a header of whole seconds tells. Null: unknown. */
  readonly clockSkewMs: number | null;
}

export interface CredentialQuestions {
  readonly providers: ReadonlyMap<string, ModelProvider>;
  readonly clock: Clock;
  /** Ask nobody but the demo models, which need no network. */
  readonly offline: boolean;
}

/** How long a provider may take to list its models. */
const ANSWER_MS = 5_000;
const HALF_SECOND_MS = 500;
/** Tells of the head of every answer that `fetch` gets; documented by Node's HTTP client. */
const HEADERS_CHANNEL = 'undici:request:headers';
const CREATED_CHANNEL = 'undici:request:create';

/** Asks every credential for its models, all at once. */
export async function credentialFacts(
  credentials: readonly Credential[],
  questions: CredentialQuestions,
): Promise<readonly CredentialFacts[]> {
  return await withDates(questions.clock, (asking) =>
    Promise.all(
      credentials.map(async (credential) => {
        const { name, provider, apiKey, baseUrl } = credential;
        const skew: { ms: number | null } = { ms: null };
        const answer = await asking.run(skew, () => ask(credential, questions));
        const origin = baseUrl === undefined ? null : new URL(baseUrl).origin;
        return { name, provider, hasKey: apiKey !== undefined, origin, answer, clockSkewMs: skew.ms };
      }),
    ),
  );
}

async function ask(
  credential: Credential,
  { providers, clock, offline }: CredentialQuestions,
): Promise<ModelsAnswer> {
  const provider = providers.get(credential.provider);
  if (provider === undefined) return { state: 'not-asked', reason: 'no-provider' };
  if (credential.models !== undefined) return { state: 'not-asked', reason: 'listed-by-operator' };
  if (offline && credential.provider !== 'demo') return { state: 'not-asked', reason: 'offline' };
  const timeout = new AbortController();
  const cancel = clock.after(ANSWER_MS, () =>
    timeout.abort(new DOMException('It did not answer in time.', 'TimeoutError')),
  );
  try {
    const models = await untilAborted(
      provider.listModels(settingsOf(credential), timeout.signal),
      timeout.signal,
    );
    return { state: 'listed', models };
  } catch (error) {
    if (timeout.signal.aborted) {
      return {
        state: 'failed',
        code: 'provider-stalled',
        message: `It did not answer within ${ANSWER_MS / 1000} s.`,
      };
    }
    const { code, message } = provider.classify(error);
    return { state: 'failed', code, message };
  } finally {
    cancel();
  }
}

type Skew = { ms: number | null };

/** Runs `work`, in which each answer's `Date` header is compared with our clock for whoever asked. */
async function withDates<T>(clock: Clock, work: (asking: AsyncLocalStorage<Skew>) => Promise<T>): Promise<T> {
  const asking = new AsyncLocalStorage<Skew>();
  const askedBy = new WeakMap<object, Skew>();
  const onCreated = (message: unknown): void => {
    const skew = asking.getStore();
    if (skew !== undefined) askedBy.set((message as { request: object }).request, skew);
  };
  const onHeaders = (message: unknown): void => {
    const { request, response } = message as { request: object; response: { headers: readonly Buffer[] } };
    const skew = askedBy.get(request);
    const date = Date.parse(headerOf(response.headers, 'date') ?? '');
    if (skew !== undefined && Number.isFinite(date)) skew.ms = date + HALF_SECOND_MS - clock.wall();
  };
  subscribe(CREATED_CHANNEL, onCreated);
  subscribe(HEADERS_CHANNEL, onHeaders);
  try {
    return await work(asking);
  } finally {
    unsubscribe(CREATED_CHANNEL, onCreated);
    unsubscribe(HEADERS_CHANNEL, onHeaders);
  }
}

/** Names and values alternate. */
function headerOf(headers: readonly Buffer[], name: string): string | undefined {
  for (let index = 0; index + 1 < headers.length; index += 2) {
    if (headers[index]?.toString('latin1').toLowerCase() === name)
      return headers[index + 1]?.toString('latin1');
  }
  return undefined;
}
