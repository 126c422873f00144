import type { ExtensionHost } from './host.ts';
import type { JsonSchema } from './json.ts';

/** What an extension adds, by name. The host refuses an activation that adds anything not listed here, or leaves out anything that is. */
export interface ExtensionContributions {
  /** Ids of the model providers it registers with {@link ExtensionHost.addModelProvider}. */
  readonly modelProviders?: readonly string[];
  /** Names of the tools it registers with {@link ExtensionHost.addTool}. */
  readonly tools?: readonly string[];
  /** Ids of the surfaces it registers with {@link ExtensionHost.addSurface}. */
  readonly surfaces?: readonly string[];
  /**
   * `METHOD /path` of the routes it registers with {@link ExtensionHost.addRoute}. Below `/x/<extension id>/`; only extensions that ship with the
   * kernel may claim paths of the contract.
   */
  readonly routes?: readonly string[];
  /** Ids of the services it provides with {@link ExtensionHost.provideService}: `<extension id>/<name>`. */
  readonly services?: readonly string[];
  /** Ids of the hooks it may emit with {@link ExtensionHost.emit}: `<extension id>/<name>`. Emitting is no duty. */
  readonly hooks?: readonly string[];
  /** Ids of the filters it may apply with {@link ExtensionHost.applyFilter}: `<extension id>/<name>`. Applying is no duty. */
  readonly filters?: readonly string[];
  /** Names of the domain events its commits may emit: `<extension id>.<name>`. Emitting is no duty. */
  readonly events?: readonly string[];
}

/** What an extension may use of the host beyond contributing. Nothing is granted that is not declared. */
export interface ExtensionCapabilities {
  /** Rows of its own in the store, durable timers and domain events: {@link ExtensionHost.storage}, `onTimer`, `onEvent`, `commit`. */
  readonly db?: boolean;
  /** The API keys of the credentials its model providers serve. Without it `CredentialSettings.apiKey` is absent. */
  readonly secrets?: boolean;
  /** What is known of any conversation: {@link ExtensionHost.conversations}. */
  readonly conversations?: boolean;
  /** Calls of models at the operator's expense: {@link ExtensionHost.models}. */
  readonly models?: boolean;
  /** Messages that wait for turns, and changes of them in the name of users: {@link ExtensionHost.queues}. */
  readonly queues?: boolean;
}

/** Who an extension is and what it needs. Set by its author. */
export interface ExtensionManifest {
  /** Stable, unique, kebab-case, for example `provider-anthropic`. */
  readonly id: string;
  /** The name people see. */
  readonly name: string;
  /** Semantic version; the version of the extension's own package. */
  readonly version: string;
  /** The range of `@dispatch/extension-api` it was written for, for example `^0.4.0`. */
  readonly apiVersion: string;
  /** When it is activated. `eager`, the only one so far: at boot. Absent: `eager`. */
  readonly activation?: 'eager';
  /** Ids of extensions that are activated before it. It is disabled when one of them is missing or disabled. Absent: none. */
  readonly dependsOn?: readonly string[];
  /** What it adds. Absent: nothing. */
  readonly contributes?: ExtensionContributions;
  /** What it may use. Absent: nothing beyond contributing. */
  readonly capabilities?: ExtensionCapabilities;
  /** What the operator may configure, as a schema of type `object`; its defaults are filled in. Absent: nothing. */
  readonly configSchema?: JsonSchema;
  /** Lowers the trust the host assigns by where the extension came from; naming a higher one changes nothing. Absent: as assigned. */
  readonly trust?: ExtensionTrust;
}

/** `bundled` ships with the kernel · `local` a path the operator wrote into the configuration · `external` anything else; not loaded so far. */
export type ExtensionTrust = 'bundled' | 'local' | 'external';

/** One extension: its manifest and the function that puts its contributions into the host. A module exports it as `extension`. */
export interface Extension {
  readonly manifest: ExtensionManifest;
  /**
   * Called once at boot, behind the extensions it depends on. An exception, or 10 s without an end, disables this extension and those that depend on it
   * with a reason; all others go on. Everything in the manifest's `contributes` must be added here, except hooks, filters and events.
   */
  activate(host: ExtensionHost): void | Promise<void>;
  /** Called once when the kernel ends or the extension is disabled, in the reverse order of activation. Absent: nothing to let go of. */
  deactivate?(): void | Promise<void>;
}
