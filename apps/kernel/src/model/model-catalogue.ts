import type { CredentialSettings, ModelProvider, ProviderFailure } from '@dispatch/extension-api';
import type { Secret } from '@dispatch/link';
import type { Clock, Log, ModelList, Models, ResolvedModel } from '../ports.ts';
import { untilAborted } from '../until-aborted.ts';

const LIST_LIFETIME_MS = 60_000;
/** A server that was just started should show up soon. */
const FAILURE_LIFETIME_MS = 5_000;
const LIST_TIMEOUT_MS = 5_000;
/** Making a model costs about a millisecond. Names come from outside, so what is kept has a bound. */
const KEPT_MODELS = 256;

/** One credential as configured. */
export interface Credential extends Omit<CredentialSettings, 'apiKey'> {
  /** Absent: the server asks for none. */
  readonly apiKey?: Secret;
  /** Id of the model provider it is for. */
  readonly provider: string;
}

/** As its provider, who has to send the key, is given it. */
export function settingsOf({ provider: _, apiKey, ...rest }: Credential): CredentialSettings {
  return apiKey === undefined ? rest : { ...rest, apiKey: apiKey.reveal() };
}

export interface ModelCatalogueParts {
  /** By provider id; see `activateExtensions`. */
  readonly providers: ReadonlyMap<string, ModelProvider>;
  /** In the order in which their models are listed. Of two with the same name the first counts. */
  readonly credentials: readonly Credential[];
  /** Full name. */
  readonly defaultModel: string;
  /** Full names, in the order in which they are tried. */
  readonly fallbackModels: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
}

interface Listing {
  /** On the monotonic clock. */
  readonly expiresAt: number;
  readonly names: Promise<readonly string[] | undefined>;
}

/** What happened, in words that are safe to log: an exception of `fetch` or of a provider may quote the key. */
function failureOf(provider: ModelProvider, error: unknown): Pick<ProviderFailure, 'code' | 'message'> {
  try {
    return provider.classify(error);
  } catch {
    return { code: 'provider-error', message: 'It cannot say what failed.' };
  }
}

interface KeptModel {
  readonly resolved: ResolvedModel;
  readonly provider: ModelProvider;
}

function resolvedModel(
  fullName: string,
  credential: Credential,
  provider: ModelProvider,
  name: string,
): ResolvedModel {
  const settings = settingsOf(credential);
  const model = provider.languageModel(settings, name);
  return {
    name: fullName,
    model,
    source: { provider: credential.provider, name },
    async warm(options) {
      if (provider.warm !== undefined) return provider.warm(settings, name, options);
      return (await model.doGenerate({ ...options, maxOutputTokens: 1 })).usage;
    },
    classify: (error) => provider.classify(error),
  };
}

export function createModelCatalogue(parts: ModelCatalogueParts): Models {
  const { providers, clock, log } = parts;
  const credentials = new Map<string, Credential>();
  for (const credential of parts.credentials) {
    if (credentials.has(credential.name)) {
      log.warn({ credential: credential.name }, 'two credentials have this name; the first one counts');
    } else credentials.set(credential.name, credential);
  }
  const listings = new Map<string, Listing>();
  /** By full name, the one used longest ago first. */
  const kept = new Map<string, KeptModel>();

  /** Models of one credential; undefined when it could not be asked. Any number of callers share one question. */
  function listOf(credential: Credential, provider: ModelProvider): Promise<readonly string[] | undefined> {
    if (credential.models !== undefined) return Promise.resolve(credential.models);
    const now = clock.mono();
    const known = listings.get(credential.name);
    if (known !== undefined && now < known.expiresAt) return known.names;
    const names = ask(credential, provider);
    listings.set(credential.name, { expiresAt: now + LIST_LIFETIME_MS, names });
    void names.then((answer) => {
      if (answer === undefined && listings.get(credential.name)?.names === names) {
        listings.set(credential.name, { expiresAt: clock.mono() + FAILURE_LIFETIME_MS, names });
      }
    });
    return names;
  }

  async function ask(
    credential: Credential,
    provider: ModelProvider,
  ): Promise<readonly string[] | undefined> {
    const timeout = new AbortController();
    const cancel = clock.after(LIST_TIMEOUT_MS, () =>
      timeout.abort(new DOMException('It did not answer in time.', 'TimeoutError')),
    );
    try {
      return await untilAborted(provider.listModels(settingsOf(credential), timeout.signal), timeout.signal);
    } catch (error) {
      const { code, message } = failureOf(provider, error);
      log.warn(
        { credential: credential.name, code, reason: message },
        'a credential could not list its models',
      );
      return undefined;
    } finally {
      cancel();
    }
  }

  return {
    defaultModel: parts.defaultModel,
    fallbackModels: parts.fallbackModels,
    resolve(name): ResolvedModel | undefined {
      const known = kept.get(name);
      if (known !== undefined) {
        kept.delete(name);
        // Its extension may have been disabled since.
        if (providers.get(known.resolved.source.provider) !== known.provider) return undefined;
        kept.set(name, known);
        return known.resolved;
      }
      const slash = name.indexOf('/');
      if (slash < 1 || slash === name.length - 1) return undefined;
      const credential = credentials.get(name.slice(0, slash));
      const provider = credential === undefined ? undefined : providers.get(credential.provider);
      if (credential === undefined || provider === undefined) return undefined;
      const resolved = resolvedModel(name, credential, provider, name.slice(slash + 1));
      kept.set(name, { resolved, provider });
      const [oldest] = kept.keys();
      if (kept.size > KEPT_MODELS && oldest !== undefined) kept.delete(oldest);
      return resolved;
    },
    async list(signal): Promise<ModelList> {
      const answers = [...credentials.values()].map(async (credential) => {
        const { name } = credential;
        const provider = providers.get(credential.provider);
        if (provider === undefined) {
          return { name, message: `No extension provides "${credential.provider}".` };
        }
        const models = await listOf(credential, provider);
        return models === undefined
          ? { name, message: 'It could not be asked for its models.' }
          : { name, models };
      });
      const asked = await untilAborted(Promise.all(answers), signal);
      return {
        models: asked.flatMap(({ name, models = [] }) => models.map((model) => `${name}/${model}`)),
        unavailable: asked.flatMap(({ name, message }) =>
          message === undefined ? [] : [{ credential: name, message }],
        ),
      };
    },
  };
}
