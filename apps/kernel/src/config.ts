import { resolve } from 'node:path';
import {
  type ConfigFile,
  type CredentialEntry,
  dataDirectory,
  type Environment,
  parseFlags,
  pickSetting,
  readConfigFile,
  readSecretFile,
  Secret,
  SettingsError,
  secretSetting,
  type TurnLimitsEntry,
} from '@dispatch/link';
import { z } from 'zod';
import type { Credential } from './model/model-catalogue.ts';

const OPENAI_BASE_URL = 'https://api.openai.com/v1';
const DEMO_MODEL = 'demo/writer';

/** Everything an operator can decide about the kernel. */
export interface KernelConfig {
  /** Absolute. */
  readonly dataDirectory: string;
  /** In the order in which their models are listed, without the demo's. */
  readonly credentials: readonly Credential[];
  /** Whether the built-in demo models exist. */
  readonly demo: boolean;
  /** Full name: what a conversation uses that names none. */
  readonly defaultModel: string;
  /** Full names: what is tried when a conversation that names none has a failing model. */
  readonly fallbackModels: readonly string[];
  /** Ceilings the operator set; the others keep their defaults. */
  readonly turnLimits: TurnLimitsEntry;
  readonly extensions: ExtensionSettings;
  /** Subject of the identity provider that is the owner of this instance. Absent: nobody who signs in is. */
  readonly oidcOwner?: string;
}

/** What an operator decides about extensions. */
export interface ExtensionSettings {
  /** Absolute paths of extensions that do not ship with the kernel. */
  readonly paths: readonly string[];
  /** Ids of extensions that are not to run. */
  readonly switchedOff: readonly string[];
  /** By extension id; checked against the extension's own schema when it is activated. */
  readonly settings: Readonly<Record<string, unknown>>;
}

const modelSetting = z
  .string()
  .max(256)
  .regex(/^[^/]+\/.+$/, 'must be a full model name, <credential>/<model>');

const urlSetting = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });

/** Settings from flags, then environment, then the configuration file, then defaults. Throws `SettingsError`. */
export function readKernelConfig(argv: readonly string[], env: Environment, home: string): KernelConfig {
  const flags = parseFlags(argv, ['data-dir', 'default-model']);
  const directory = dataDirectory(flags['data-dir'], env, home);
  const file = readConfigFile(directory);
  const demo = file.demo ?? true;
  const oidcOwner = env['DISPATCH_OIDC_OWNER'] || file.oidc?.owner;
  return {
    ...(oidcOwner !== undefined && { oidcOwner }),
    dataDirectory: directory,
    credentials: credentials(env, file, demo),
    demo,
    defaultModel: defaultModel(flags['default-model'], env, file, demo),
    fallbackModels: (file.fallbackModels ?? []).map((name) =>
      pickSetting([{ from: 'fallbackModels in dispatch.config.json', value: name }], modelSetting, name),
    ),
    turnLimits: file.turnLimits ?? {},
    extensions: {
      // Written into a file of this directory, so that is where they start.
      paths: (file.extensions?.paths ?? []).map((path) => resolve(directory, path)),
      switchedOff: file.extensions?.switchedOff ?? [],
      settings: file.extensions?.settings ?? {},
    },
  };
}

function defaultModel(flag: string | undefined, env: Environment, file: ConfigFile, demo: boolean): string {
  const sources = [
    { from: '--default-model', value: flag },
    { from: 'DISPATCH_DEFAULT_MODEL', value: env['DISPATCH_DEFAULT_MODEL'] },
    { from: 'defaultModel in dispatch.config.json', value: file.defaultModel },
  ];
  const name = pickSetting(sources, modelSetting, demo ? DEMO_MODEL : '');
  if (name === '') {
    throw new SettingsError('the demo models are switched off; name a model with DISPATCH_DEFAULT_MODEL');
  }
  return name;
}

/** Those of the environment first; of two with one name the environment's counts, as for every setting. */
function credentials(env: Environment, file: ConfigFile, demo: boolean): Credential[] {
  const fromEnv = [anthropicFrom(env), openaiFrom(env)].filter((credential) => credential !== undefined);
  const taken = new Set<string>();
  for (const { name } of file.credentials ?? []) {
    if (taken.has(name)) throw new SettingsError(`dispatch.config.json: two credentials are named "${name}"`);
    if (demo && name === 'demo') {
      throw new SettingsError('dispatch.config.json: the credential name "demo" belongs to the demo models');
    }
    taken.add(name);
  }
  const fromFile = (file.credentials ?? [])
    .filter(({ name }) => !fromEnv.some((credential) => credential.name === name))
    .map(credentialFrom);
  return [...fromEnv, ...fromFile];
}

function anthropicFrom(env: Environment): Credential | undefined {
  const apiKey = secretSetting(env, 'ANTHROPIC_API_KEY');
  if (apiKey === undefined) return undefined;
  return {
    name: 'anthropic',
    provider: 'anthropic',
    apiKey: new Secret(apiKey),
    ...baseUrlFrom(env, 'ANTHROPIC_BASE_URL'),
  };
}

/** A base URL alone is enough: servers on one's own machine ask for no key. */
function openaiFrom(env: Environment): Credential | undefined {
  const apiKey = secretSetting(env, 'OPENAI_API_KEY');
  const given = baseUrlFrom(env, 'OPENAI_BASE_URL');
  if (apiKey === undefined && given.baseUrl === undefined) return undefined;
  return {
    name: 'openai',
    provider: 'openai-compatible',
    baseUrl: given.baseUrl ?? OPENAI_BASE_URL,
    ...(apiKey === undefined ? {} : { apiKey: new Secret(apiKey) }),
  };
}

function baseUrlFrom(env: Environment, name: string): { readonly baseUrl?: string } {
  const url = pickSetting<string | undefined>([{ from: name, value: env[name] }], urlSetting, undefined);
  return url === undefined ? {} : { baseUrl: withoutSlash(url) };
}

function credentialFrom(entry: CredentialEntry): Credential {
  const { name, provider, baseUrl, models } = entry;
  const where = `credential "${name}" in dispatch.config.json`;
  if (entry.apiKey !== undefined && entry.apiKeyFile !== undefined) {
    throw new SettingsError(`${where}: apiKey and apiKeyFile are both set; keep one`);
  }
  const apiKey =
    entry.apiKeyFile === undefined ? entry.apiKey : readSecretFile(entry.apiKeyFile, `${where}: apiKeyFile`);
  return {
    name,
    provider,
    ...(apiKey === undefined ? {} : { apiKey: new Secret(apiKey) }),
    ...(baseUrl === undefined ? {} : { baseUrl: withoutSlash(baseUrl) }),
    ...(models === undefined ? {} : { models }),
  };
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
