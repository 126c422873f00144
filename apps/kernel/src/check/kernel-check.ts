import {
  type Environment,
  readConfigFile,
  SettingsError,
  socketPaths,
  type UnknownVariable,
  unknownVariables,
  dataDirectory as whereDataLies,
} from '@dispatch/link';
import { DEMO_CREDENTIAL } from '../compose.ts';
import { type KernelConfig, readKernelConfig } from '../config.ts';
import { logLevel } from '../log-level.ts';
import type { Clock, Log } from '../ports.ts';
import { inspectLock, type LockFacts } from '../storage/inspect-lock.ts';
import { type DatabaseFacts, inspectDatabase } from '../storage/sqlite/inspect-database.ts';
import { type NativeModule, tryNativeModule } from '../storage/sqlite/native-module.ts';
import { type CredentialFacts, credentialFacts } from './credential-facts.ts';
import { type DirectoryFacts, directoryFacts } from './directory-facts.ts';
import { inspectExtensions } from './inspect-extensions.ts';
import { type SecretFile, secretFiles } from './secret-files.ts';

/** A model the settings name, and whether it could be asked. */
export interface NamedModel {
  /** Full name. */
  readonly name: string;
  readonly use: 'default' | 'fallback';
  /** Whether a credential has the first part of the name. */
  readonly hasCredential: boolean;
  /** Whether that credential lists it. Null: it was not asked, or did not answer. */
  readonly isListed: boolean | null;
}

/** What `--check` prints: what this kernel would find if it started now. Holds no secret; made without writing anything. */
export interface KernelCheck {
  /** Version of this form. */
  readonly v: 1;
  readonly app: 'kernel';
  readonly native: NativeModule;
  readonly dataDirectory: DirectoryFacts;
  /** Where the sockets lie or would lie; or why there is no place for them. */
  readonly sockets: { readonly directory: string; readonly apart: boolean } | { readonly reason: string };
  /** Null: the native module does not load. */
  readonly lock: LockFacts | null;
  /** Null: the native module does not load. */
  readonly database: DatabaseFacts | null;
  /** Null: they can be used. Else the sentence a start would end with. */
  readonly settingsFault: string | null;
  readonly unknownVariables: readonly UnknownVariable[];
  readonly secretFiles: readonly SecretFile[];
  /** Extensions that would not run, and why. */
  readonly disabledExtensions: readonly { readonly id: string; readonly reason: string }[];
  /** Empty while the settings cannot be used. */
  readonly credentials: readonly CredentialFacts[];
  /** Empty while the settings cannot be used. */
  readonly models: readonly NamedModel[];
}

export interface CheckRequest {
  /** Flags of the kernel, without those of the check. */
  readonly argv: readonly string[];
  readonly env: Environment;
  readonly home: string;
  readonly offline: boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** Looks at everything a start depends on. Works while a kernel runs, and changes nothing. */
export async function checkKernel({
  argv,
  env,
  home,
  offline,
  clock,
  log,
}: CheckRequest): Promise<KernelCheck> {
  const settings = attempt(() => {
    logLevel(env);
    return readKernelConfig(argv, env, home);
  });
  const config = 'value' in settings ? settings.value : undefined;
  const path = config?.dataDirectory ?? whereDataLies(undefined, env, home);
  const file = attempt(() => readConfigFile(path));
  const sockets = attempt(() => socketPaths(path));
  const native = tryNativeModule();
  const { providers, disabled } = await inspectExtensions(config?.extensions, { clock, log });
  const known =
    config === undefined ? [] : [...(config.demo ? [DEMO_CREDENTIAL] : []), ...config.credentials];
  const credentials = await credentialFacts(known, { providers, clock, offline });
  return {
    v: 1,
    app: 'kernel',
    native,
    dataDirectory: directoryFacts(path),
    sockets:
      'value' in sockets
        ? { directory: sockets.value.directory, apart: sockets.value.apart }
        : { reason: sockets.fault },
    lock: native.loads ? inspectLock(path) : null,
    database: native.loads ? inspectDatabase(path, () => inspectLock(path).held) : null,
    settingsFault: 'fault' in settings ? settings.fault : null,
    unknownVariables: unknownVariables(env),
    secretFiles: secretFiles(path, env, 'value' in file ? file.value : undefined),
    disabledExtensions: disabled,
    credentials,
    models: config === undefined ? [] : namedModels(config, credentials),
  };
}

function namedModels(config: KernelConfig, credentials: readonly CredentialFacts[]): NamedModel[] {
  const named =
    (use: NamedModel['use']) =>
    (name: string): NamedModel => {
      const slash = name.indexOf('/');
      const credential = credentials.find((one) => one.name === name.slice(0, slash));
      const listed = credential?.answer.state === 'listed' ? credential.answer.models : undefined;
      const byOperator = config.credentials.find((one) => one.name === credential?.name)?.models;
      const models = listed ?? byOperator;
      return {
        name,
        use,
        hasCredential: credential !== undefined,
        isListed: models === undefined ? null : models.includes(name.slice(slash + 1)),
      };
    };
  return [named('default')(config.defaultModel), ...config.fallbackModels.map(named('fallback'))];
}

/** A `SettingsError` is a finding; anything else is a fault of ours. */
function attempt<T>(work: () => T): { readonly value: T } | { readonly fault: string } {
  try {
    return { value: work() };
  } catch (error) {
    if (error instanceof SettingsError) return { fault: error.message };
    throw error;
  }
}
