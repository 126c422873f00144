import { DispatchError } from '@dispatch/client';
import { CliError } from '../cli-error.ts';
import type { Clock } from '../clock.ts';
import { EXIT } from '../exit-codes.ts';
import { fieldsOf, NoAnswerError, type RawAnswer, rawRequest } from '../raw-http.ts';
import { printable } from '../wording.ts';
import type { ProbeModels } from './probe-session.ts';

/** A Dispatch gateway of any version, as far as it must be known before anything is tried. */
export interface FoundGateway {
  /** Names it lists as models; undefined where it lists none. */
  readonly models: readonly string[] | undefined;
}

const DEMO = /^demo\//;

/** Asks whether a gateway answers at this address, or throws what answers there instead. `headers` say who asks. */
export async function findGateway(
  url: string,
  withinMs: number,
  clock: Clock,
  headers: Readonly<Record<string, string>> = {},
): Promise<FoundGateway> {
  const ask = (path: string): Promise<RawAnswer> => rawRequest(`${url}${path}`, { withinMs, headers }, clock);
  let answers: readonly [RawAnswer, RawAnswer, RawAnswer];
  try {
    answers = [await ask('/health'), await ask('/version'), await ask('/models')];
  } catch (error) {
    throw error instanceof NoAnswerError ? nobody(url, error) : error;
  }
  const [health, version, models] = answers;
  const names = fieldsOf(models.json)?.['models'];
  if (models.status === 200 && Array.isArray(names)) return { models: names.map(String) };
  const refusal = answers.map(refusalOf).find((error) => error !== undefined);
  if (refusal !== undefined) throw refusal;
  if (typeof fieldsOf(version.json)?.['gateway'] === 'string') return { models: undefined };
  const server = health.headers.get('server');
  const type = health.headers.get('content-type')?.split(';')[0];
  const what = [health.status, type, server === null ? undefined : `from ${server}`].filter(
    (part) => part !== undefined,
  );
  throw new CliError(
    'not-dispatch',
    EXIT.unreachable,
    `What answers at ${url} is no Dispatch gateway: GET /health gave ${printable(what.join(' '))}.`,
    'Is this the right address? A proxy before it must pass every path on.',
  );
}

/** Something that refuses in our words is a gateway that will not, or cannot, let us in. */
function refusalOf({ status, json }: RawAnswer): DispatchError | undefined {
  const { error, code, hint, requestId } = fieldsOf(json) ?? {};
  if (status < 400 || typeof error !== 'string' || typeof code !== 'string') return undefined;
  // An old gateway does not have every path.
  if (status === 404) return undefined;
  return new DispatchError({
    code,
    status,
    message: error,
    ...(typeof hint === 'string' ? { hint } : {}),
    ...(typeof requestId === 'string' ? { requestId } : {}),
  });
}

function nobody(url: string, { kind, message }: NoAnswerError): CliError {
  if (kind === 'unreachable') {
    const hint = 'Start one with `dispatch up`, or name another address.';
    return new CliError('unreachable', EXIT.unreachable, `No gateway answers at ${url}.`, hint);
  }
  const hint = 'Is this the right address?';
  const what = kind === 'silent' ? `is silent: ${message}` : `does not speak HTTP (${printable(message)})`;
  return new CliError('not-dispatch', EXIT.unreachable, `What is at ${url} ${what}.`, hint);
}

/** Which models the turns use: the one that was named, else the demo's, which cost nothing. */
export function chooseModels({ models }: FoundGateway, named: string | undefined): ProbeModels {
  if (named !== undefined) {
    if (models !== undefined && !models.includes(named)) {
      const message = `The gateway lists no model ${named}.`;
      throw new CliError('unknown-model', EXIT.notFound, message, 'See what there is: dispatch models');
    }
    return { quick: named, slow: named, tools: named };
  }
  const demo = (models ?? []).filter((name) => DEMO.test(name));
  const [first] = demo;
  if (first === undefined) {
    throw new CliError(
      'model-needed',
      EXIT.usage,
      'This gateway offers no demo model, and turns of others cost money: about thirty short ones.',
      'Name the one to use: dispatch probe --model <name>',
    );
  }
  const one = (name: string): string => (demo.includes(name) ? name : first);
  return { quick: one('demo/fast'), slow: one('demo/writer'), tools: one('demo/tools') };
}
