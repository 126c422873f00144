import type {
  ExtensionCapabilities,
  ExtensionContributions,
  ExtensionManifest,
  ExtensionTrust,
} from '@dispatch/extension-api';
import { isJsonObject } from './json-copy.ts';
import { isVersion, satisfies } from './version-range.ts';

const EXTENSION_ID = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const TOOL_NAME = /^[a-zA-Z0-9_-]{1,64}$/;
const NAME = /^[^\p{C}]{1,128}$/u;
const ROUTE = /^(GET|POST|PUT) (\/\S{0,255})$/;

/** By type, so that a capability of the API cannot be forgotten here. */
const CAPABILITIES: { readonly [name in keyof Required<ExtensionCapabilities>]: true } = {
  db: true,
  secrets: true,
  conversations: true,
  models: true,
  queues: true,
};
const CONTRIBUTIONS: { readonly [kind in keyof Required<ExtensionContributions>]: true } = {
  modelProviders: true,
  tools: true,
  surfaces: true,
  routes: true,
  services: true,
  hooks: true,
  filters: true,
  events: true,
};

/** A manifest in which everything is of its kind, with the trust the host gives. */
export interface CheckedManifest extends ExtensionManifest {
  readonly trust: ExtensionTrust;
  readonly dependsOn: readonly string[];
  readonly contributes: Required<ExtensionContributions>;
  readonly capabilities: Required<ExtensionCapabilities>;
}

/** The manifest, completed. Throws with what is wrong with it, in words for its author. `trust`: by where the extension came from. */
export function checkManifest(given: unknown, apiVersion: string, trust: ExtensionTrust): CheckedManifest {
  if (!isJsonObject(given)) throw new Error('it has no manifest');
  const { id, name, version, apiVersion: range, activation, dependsOn, configSchema } = given;
  if (typeof id !== 'string' || !EXTENSION_ID.test(id)) throw new Error('its id is not kebab-case');
  if (typeof name !== 'string' || !NAME.test(name)) throw new Error('it has no name of 1 to 128 characters');
  if (typeof version !== 'string' || !isVersion(version)) {
    throw new Error('its version is not a semantic version');
  }
  if (typeof range !== 'string' || !satisfies(apiVersion, range)) {
    throw new Error(`it needs extension API ${String(range)}, this kernel has ${apiVersion}`);
  }
  if (activation !== undefined && activation !== 'eager') {
    throw new Error(`its activation is "${String(activation)}"; only "eager" is known`);
  }
  if (configSchema !== undefined && !isJsonObject(configSchema))
    throw new Error('its configSchema is no object');
  const contributes = contributionsOf(given['contributes'], id, trust);
  return {
    id,
    name,
    version,
    apiVersion: range,
    activation: 'eager',
    dependsOn: namesOf(dependsOn, 'dependsOn'),
    contributes,
    capabilities: capabilitiesOf(given['capabilities']),
    ...(configSchema === undefined ? {} : { configSchema }),
    trust: lowered(trust, given['trust']),
  };
}

function contributionsOf(
  given: unknown,
  id: string,
  trust: ExtensionTrust,
): Required<ExtensionContributions> {
  const listed = given === undefined ? {} : given;
  if (!isJsonObject(listed)) throw new Error('its contributes is no object');
  for (const kind of Object.keys(listed)) {
    if (!Object.hasOwn(CONTRIBUTIONS, kind)) throw new Error(`it contributes "${kind}", which nothing can`);
  }
  const of = (kind: keyof ExtensionContributions) => namesOf(listed[kind], `contributes.${kind}`);
  const owned = (kind: 'services' | 'hooks' | 'filters' | 'events', separator: string) =>
    of(kind).map((name) => {
      if (name.startsWith(`${id}${separator}`)) return name;
      throw new Error(`contributes.${kind} has "${name}", which does not start with "${id}${separator}"`);
    });
  return {
    modelProviders: of('modelProviders'),
    tools: of('tools').map((name) => {
      if (TOOL_NAME.test(name)) return name;
      throw new Error(`"${name}" cannot be the name of a tool`);
    }),
    surfaces: of('surfaces'),
    routes: of('routes').map((route) => checkRoute(route, id, trust)),
    services: owned('services', '/'),
    hooks: owned('hooks', '/'),
    filters: owned('filters', '/'),
    events: owned('events', '.'),
  };
}

function checkRoute(route: string, id: string, trust: ExtensionTrust): string {
  const path = ROUTE.exec(route)?.[2];
  if (path === undefined) throw new Error(`contributes.routes has "${route}", which is no "METHOD /path"`);
  if (path.startsWith(`/x/${id}/`) || trust === 'bundled') return route;
  throw new Error(`its route "${route}" is not below /x/${id}/`);
}

function capabilitiesOf(given: unknown): Required<ExtensionCapabilities> {
  const asked = given === undefined ? {} : given;
  if (!isJsonObject(asked)) throw new Error('its capabilities is no object');
  for (const [name, value] of Object.entries(asked)) {
    if (!Object.hasOwn(CAPABILITIES, name))
      throw new Error(`it asks for the capability "${name}", which nothing grants`);
    if (typeof value !== 'boolean') throw new Error(`its capability "${name}" is neither true nor false`);
  }
  const names = Object.keys(CAPABILITIES) as (keyof ExtensionCapabilities)[];
  return Object.fromEntries(names.map((name) => [name, asked[name] === true])) as never;
}

function namesOf(given: unknown, where: string): readonly string[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) throw new Error(`its ${where} is no list`);
  const names = new Set<string>();
  for (const name of given as readonly unknown[]) {
    if (typeof name !== 'string' || !NAME.test(name))
      throw new Error(`its ${where} holds something that is no name`);
    if (names.has(name)) throw new Error(`its ${where} has "${name}" twice`);
    names.add(name);
  }
  return [...names];
}

const TRUST: readonly ExtensionTrust[] = ['external', 'local', 'bundled'];

/** An extension may ask for less than where it came from gives it, never for more. */
function lowered(assigned: ExtensionTrust, asked: unknown): ExtensionTrust {
  if (asked === undefined) return assigned;
  const wanted = TRUST.indexOf(asked as ExtensionTrust);
  if (wanted < 0) throw new Error(`its trust is "${String(asked)}"; it is one of ${TRUST.join(', ')}`);
  return TRUST[Math.min(wanted, TRUST.indexOf(assigned))] ?? 'external';
}
