import type { Extension, ExtensionTrust } from '@dispatch/extension-api';
import { activationOrder } from './activation-order.ts';
import { type CheckedManifest, checkManifest } from './manifest-check.ts';

/** An extension as it was found. `trust` is what the place it was found at gives it. */
export type Candidate =
  | {
      readonly extension: Extension;
      readonly trust: ExtensionTrust;
      /** The folder its own code lies in. Absent: nothing it throws uncaught can be told from what the kernel does. */
      readonly root?: string;
    }
  /** Nothing could be loaded from there. */
  | { readonly name: string; readonly reason: string; readonly trust: ExtensionTrust };

/** An extension that does not run, and why. */
export interface DisabledExtension {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly trust: ExtensionTrust;
  readonly reason: string;
}

/** An extension that can be activated. */
export interface CheckedExtension {
  readonly manifest: CheckedManifest;
  readonly extension: Extension;
  readonly root: string | undefined;
}

/** Those that can be activated, in order; the others are disabled. */
export function inOrder(
  candidates: readonly Candidate[],
  { apiVersion, switchedOff = [] }: { readonly apiVersion: string; readonly switchedOff?: readonly string[] },
  disable: (manifest: DisabledExtension | CheckedManifest, reason: string) => void,
): readonly CheckedExtension[] {
  const checked = new Map<string, CheckedExtension>();
  const unavailable = new Set<string>();
  const refuse = (manifest: Parameters<typeof disable>[0], reason: string) => {
    unavailable.add(manifest.id);
    disable(manifest, reason);
  };
  for (const candidate of candidates) {
    const { trust } = candidate;
    if (!('extension' in candidate)) {
      const { name, reason } = candidate;
      disable({ id: name, name, version: 'unknown', trust, reason }, reason);
      continue;
    }
    const { extension, root } = candidate;
    const shown = shownManifest(extension, trust);
    try {
      const manifest = checkManifest(extension?.manifest, apiVersion, trust);
      if (checked.has(manifest.id)) {
        // The first of an id stays what it is.
        disable(manifest, `an extension with the id "${manifest.id}" is already there`);
      } else if (switchedOff.includes(manifest.id)) refuse(manifest, 'the operator switched it off');
      else if (manifest.trust === 'external') refuse(manifest, 'external extensions are not run yet');
      else checked.set(manifest.id, { manifest, extension, root });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (checked.has(shown.id)) disable(shown, reason);
      else refuse(shown, reason);
    }
  }
  const all = [...checked.values()].map((one) => ({ ...one, ...one.manifest }));
  const { order, impossible } = activationOrder(all, unavailable);
  for (const { extension, reason } of impossible) disable(extension.manifest, reason);
  return order;
}

/** As far as a manifest that cannot be read can be shown. */
function shownManifest(extension: Extension | undefined, trust: ExtensionTrust): DisabledExtension {
  const { id, name, version } = fieldsOf(extension);
  const text = (value: unknown) =>
    typeof value === 'string' && value !== '' ? value.slice(0, 128) : undefined;
  const shown = text(id) ?? 'unknown';
  return { id: shown, name: text(name) ?? shown, version: text(version) ?? 'unknown', trust, reason: '' };
}

/** Reading a manifest runs code of its author, too. */
function fieldsOf(extension: Extension | undefined): { readonly [key: string]: unknown } {
  try {
    const { id, name, version } = (extension?.manifest ?? {}) as { readonly [key: string]: unknown };
    return { id, name, version };
  } catch {
    // What it throws is told when the manifest is checked.
    return {};
  }
}
