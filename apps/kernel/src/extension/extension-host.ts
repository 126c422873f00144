import {
  EXTENSION_API_VERSION,
  type Extension,
  type ExtensionHost,
  type ExtensionManifest,
  type ModelProvider,
  type Tool,
} from '@dispatch/extension-api';
import type { Clock, Log, Tools } from '../ports.ts';
import { isVersion, satisfies } from './version-range.ts';

/** An activation that takes longer counts as broken: it must not keep everything else from booting. */
const ACTIVATION_MS = 10_000;
const EXTENSION_ID = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const TOOL_NAME = /^[a-zA-Z0-9_-]{1,64}$/;

/** An extension that runs. */
export interface LoadedExtension {
  readonly manifest: ExtensionManifest;
}

/** An extension that does not run, and why. */
export interface DisabledExtension {
  /** As far as its manifest could be read. */
  readonly id: string;
  readonly name: string;
  readonly version: string;
  /** One sentence for operators. */
  readonly reason: string;
}

/** Everything the extensions of this kernel provide. */
export interface ActivatedExtensions {
  /** By provider id. */
  readonly providers: ReadonlyMap<string, ModelProvider>;
  readonly tools: Tools;
  readonly loaded: readonly LoadedExtension[];
  readonly disabled: readonly DisabledExtension[];
}

export interface ExtensionHostParts {
  readonly clock: Clock;
  readonly log: Log;
  /** Absent: that of the installed `@dispatch/extension-api`. */
  readonly apiVersion?: string;
}

/** What one extension added while it activated; it becomes visible only when all of it is in order. */
interface Contributions {
  readonly providers: Map<string, ModelProvider>;
  readonly tools: Map<string, Tool>;
}

/** Activates the extensions in the order given. One that is broken, incompatible or slow is disabled with a reason, and everything else boots. */
export async function activateExtensions(
  extensions: readonly Extension[],
  { clock, log, apiVersion = EXTENSION_API_VERSION }: ExtensionHostParts,
): Promise<ActivatedExtensions> {
  const providers = new Map<string, ModelProvider>();
  const tools = new Map<string, Tool>();
  const loaded: LoadedExtension[] = [];
  const disabled: DisabledExtension[] = [];
  const ids = new Set<string>();

  for (const extension of extensions) {
    const manifest: Partial<ExtensionManifest> = extension?.manifest ?? {};
    try {
      const checked = checkManifest(manifest, ids, apiVersion);
      ids.add(checked.id);
      const added = await activate(extension, checked, { providers, tools }, clock);
      for (const [id, provider] of added.providers) providers.set(id, provider);
      for (const [name, tool] of added.tools) tools.set(name, tool);
      loaded.push({ manifest: checked });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const { id = 'unknown', name = String(id), version = 'unknown' } = manifest;
      log.warn({ extension: id, reason }, 'an extension is disabled');
      disabled.push({ id, name, version, reason });
    }
  }

  const all = [...tools.values()];
  return { providers, tools: { all, byName: (name) => tools.get(name) }, loaded, disabled };
}

function checkManifest(
  manifest: Partial<ExtensionManifest>,
  taken: ReadonlySet<string>,
  apiVersion: string,
): ExtensionManifest {
  const { id, name, version, apiVersion: range } = manifest;
  if (typeof id !== 'string' || !EXTENSION_ID.test(id)) throw new Error('its id is not kebab-case');
  if (taken.has(id)) throw new Error(`an extension with the id "${id}" is already loaded`);
  if (typeof name !== 'string' || name === '') throw new Error('it has no name');
  if (typeof version !== 'string' || !isVersion(version))
    throw new Error('its version is not a semantic version');
  if (typeof range !== 'string' || !satisfies(apiVersion, range)) {
    throw new Error(`it needs extension API ${String(range)}, this kernel has ${apiVersion}`);
  }
  return { ...manifest, id, name, version, apiVersion: range };
}

async function activate(
  extension: Extension,
  manifest: ExtensionManifest,
  taken: Contributions,
  clock: Clock,
): Promise<Contributions> {
  const added: Contributions = { providers: new Map(), tools: new Map() };
  const declared = {
    modelProviders: new Set(manifest.contributes?.modelProviders),
    tools: new Set(manifest.contributes?.tools),
  };
  let open = true;
  const accept = (what: string, name: string, listed: ReadonlySet<string>, isTaken: boolean) => {
    if (!open) throw new Error(`"${manifest.id}" adds ${what} "${name}" after its activation`);
    if (!listed.has(name)) throw new Error(`it adds ${what} "${name}", which its manifest does not list`);
    if (isTaken) throw new Error(`${what} "${name}" is already there`);
  };
  const host: ExtensionHost = {
    addModelProvider(provider) {
      const { id } = provider;
      accept(
        'model provider',
        id,
        declared.modelProviders,
        taken.providers.has(id) || added.providers.has(id),
      );
      added.providers.set(id, provider);
    },
    addTool(tool) {
      const { name } = tool;
      if (!TOOL_NAME.test(name)) throw new Error(`"${name}" cannot be the name of a tool`);
      accept('tool', name, declared.tools, taken.tools.has(name) || added.tools.has(name));
      added.tools.set(name, tool);
    },
  };
  try {
    await withinActivationTime(async () => extension.activate(host), clock);
  } finally {
    open = false;
  }
  refuseMissing('model provider', declared.modelProviders, added.providers);
  refuseMissing('tool', declared.tools, added.tools);
  return added;
}

function refuseMissing(
  what: string,
  declared: ReadonlySet<string>,
  added: { has(name: string): boolean },
): void {
  const missing = [...declared].filter((name) => !added.has(name));
  if (missing.length > 0) throw new Error(`its manifest lists ${what} "${missing[0]}", which it did not add`);
}

function withinActivationTime(activate: () => Promise<void>, clock: Clock): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error(`its activation took longer than ${ACTIVATION_MS} ms`));
    const cancel = clock.after(ACTIVATION_MS, late);
    activate().then(resolve, reject).finally(cancel);
  });
}
