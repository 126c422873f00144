import type { ExtensionHost } from './host.ts';

/** What an extension adds, by name. The host refuses an activation that adds anything not listed here. */
export interface ExtensionContributions {
  /** Ids of the model providers it registers with {@link ExtensionHost.addModelProvider}. */
  readonly modelProviders?: readonly string[];
  /** Names of the tools it registers with {@link ExtensionHost.addTool}. */
  readonly tools?: readonly string[];
}

/** Who an extension is and what it needs. Set by its author; trust is not part of it: the host assigns that. */
export interface ExtensionManifest {
  /** Stable, unique, kebab-case, for example `provider-anthropic`. */
  readonly id: string;
  /** The name people see. */
  readonly name: string;
  /** Semantic version; the version of the extension's own package. */
  readonly version: string;
  /** The range of `@dispatch/extension-api` it was written for, for example `^0.1.0`. */
  readonly apiVersion: string;
  /** What it adds. Absent: nothing. */
  readonly contributes?: ExtensionContributions;
}

/** One extension: its manifest and the function that puts its contributions into the host. */
export interface Extension {
  readonly manifest: ExtensionManifest;
  /**
   * Called once at boot. An exception disables this extension with a reason; all others go on.
   * Everything it adds must be listed in the manifest's `contributes`.
   */
  activate(host: ExtensionHost): void | Promise<void>;
}
