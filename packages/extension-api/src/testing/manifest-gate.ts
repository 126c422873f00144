import { HostError } from '../host.ts';
import type { ExtensionCapabilities, ExtensionContributions, ExtensionManifest } from '../manifest.ts';

type Kind = keyof ExtensionContributions;

/** What one activation added, held against what the manifest declares. */
export class ManifestGate {
  readonly #manifest: ExtensionManifest;
  readonly #added = new Map<string, Kind>();
  #open = true;

  constructor(manifest: ExtensionManifest) {
    this.#manifest = manifest;
  }

  /** Lets a contribution pass once. Throws `too-late` or `invalid`. */
  add(kind: Kind, name: string): void {
    this.listen(name);
    this.use(kind, name);
    const key = `${kind} ${name}`;
    if (this.#added.has(key)) throw new HostError('invalid', `"${name}" was added already`);
    this.#added.set(key, kind);
  }

  /** Lets something happen that is declared, and may happen at any time. Throws `invalid`. */
  use(kind: Kind, name: string): void {
    const declared: readonly string[] = this.#manifest.contributes?.[kind] ?? [];
    if (!declared.includes(name)) {
      throw new HostError('invalid', `"${name}" is not listed in contributes.${kind} of the manifest`);
    }
  }

  /** Throws `too-late` behind the activation. */
  listen(what: string): void {
    if (!this.#open) throw new HostError('too-late', `"${what}" comes after the activation`);
  }

  /** Throws `missing-capability`. */
  need(capability: keyof ExtensionCapabilities): void {
    if (this.#manifest.capabilities?.[capability] === true) return;
    throw new HostError('missing-capability', `the manifest does not declare the capability "${capability}"`);
  }

  /** Ends the activation. Throws `invalid` when something declared was not added. */
  close(): void {
    this.#open = false;
    const { hooks: _hooks, filters: _filters, events: _events, ...duties } = this.#manifest.contributes ?? {};
    for (const [kind, names] of Object.entries(duties)) {
      const missing = names.find((name) => !this.#added.has(`${kind} ${name}`));
      if (missing !== undefined) {
        throw new HostError('invalid', `"${missing}" is listed in contributes.${kind} and was not added`);
      }
    }
  }
}
