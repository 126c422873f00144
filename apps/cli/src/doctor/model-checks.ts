import type { CredentialFacts, KernelFacts, NamedModel } from './app-facts.ts';
import { check, type Finding, quoted } from './finding.ts';

/** A clock that is further off makes signatures and certificates fail. */
const SKEW_MS = 60_000;
const DEMO = 'demo';
/** Codes after which asking again cannot help. */
const REFUSALS = ['authentication-failed', 'quota-exhausted', 'request-rejected'];

/** Who answers: the credentials, the clock they see, the models that are named. */
export function modelChecks(kernel: KernelFacts, offline: boolean): readonly Finding[] {
  if (kernel.settingsFault !== null) return [];
  const { credentials, models } = kernel;
  const file = `${kernel.dataDirectory.path}/dispatch.config.json`;
  return [
    ...credentials.map((credential) => answers(credential, file)),
    ...(credentials.some(({ name }) => name !== DEMO) ? [clock(credentials, offline)] : [noneYet()]),
    ...models.map((model, index) => named(model, index, file)),
  ];
}

function noneYet(): Finding {
  return check('credentials', 'Credentials').ok(
    'none but the demo; real models need ANTHROPIC_API_KEY, OPENAI_API_KEY or OPENAI_BASE_URL',
  );
}

function answers(credential: CredentialFacts, file: string): Finding {
  const { name, provider, hasKey, origin, answer } = credential;
  const { ok, warning, problem } = check(`credential-${name}`, `Credential ${name}`);
  const key = hasKey ? 'a key is there' : 'no key';
  const edit = `\${EDITOR:-nano} ${quoted(file)}`;
  // Servers on one's own machine ask for none; these two always do.
  if (!hasKey && (provider === 'anthropic' || (provider === 'openai-compatible' && origin === null))) {
    return problem('it has no key', edit);
  }
  switch (answer.state) {
    case 'listed':
      if (name === DEMO) return ok(`${answer.models.length} models, built in`);
      if (answer.models.length === 0) return warning(`${key}, but no model is listed`, './dispatch models');
      return ok(`${key}, ${answer.models.length} models`);
    case 'not-asked':
      if (answer.reason === 'offline') return ok(`${key}; not asked, to stay offline`);
      if (answer.reason === 'listed-by-operator')
        return ok(`${key}; not asked, the configuration lists its models`);
      return problem(`no extension provides "${provider}"`, edit);
    case 'failed': {
      const told = `${key}, but its models cannot be listed: ${answer.message} (${answer.code})`;
      const variable = { anthropic: 'ANTHROPIC_API_KEY', openai: 'OPENAI_API_KEY' }[name];
      const renew = variable === undefined ? edit : `export ${variable}=<another key>`;
      if (REFUSALS.includes(answer.code)) return problem(told, renew);
      return warning(
        told,
        origin === null ? './dispatch doctor --offline' : `curl -sSI -m 5 ${quoted(origin)}`,
      );
    }
    default:
      return answer satisfies never;
  }
}

function clock(credentials: readonly CredentialFacts[], offline: boolean): Finding {
  const { ok, warning } = check('clock', 'Clock');
  const told = credentials.flatMap(({ name, clockSkewMs }) =>
    clockSkewMs === null ? [] : [{ name, ms: clockSkewMs }],
  );
  const [first] = told;
  if (first === undefined) return ok(offline ? 'not compared, to stay offline' : 'no provider told its time');
  const worst = told.reduce((most, one) => (Math.abs(one.ms) > Math.abs(most.ms) ? one : most), first);
  if (Math.abs(worst.ms) <= SKEW_MS) return ok('agrees with the providers');
  const seconds = Math.round(Math.abs(worst.ms) / 1_000);
  const way = worst.ms > 0 ? 'behind' : 'ahead of';
  return warning(`${seconds} s ${way} the one of ${worst.name}`, 'sudo timedatectl set-ntp true');
}

/** @param place 0 for the default model, the fallback models count from 1 */
function named({ name, use, hasCredential, isListed }: NamedModel, place: number, file: string): Finding {
  const { ok, warning, problem } =
    use === 'default'
      ? check('default-model', 'Default model')
      : check(`fallback-model-${place}`, 'Fallback model');
  const next =
    use === 'default' ? './dispatch up --default-model demo/writer' : `\${EDITOR:-nano} ${quoted(file)}`;
  if (!hasCredential) return problem(`${name}: no credential is called ${name.split('/')[0]}`, next);
  if (isListed === false) return warning(`${name}: its credential does not list it`, './dispatch models');
  return ok(isListed === null ? `${name}; its credential was not asked for its models` : name);
}
