import type { JsonObject } from '@dispatch/extension-api';
import { copyJson, isJsonObject } from './json-copy.ts';
import { compileSchema } from './json-schema.ts';
import type { CheckedManifest } from './manifest-check.ts';

/** What the operator configured for an extension, completed by its schema's defaults. Throws with what does not fit; never with a value. */
export function configOf(manifest: CheckedManifest, settings: unknown): JsonObject {
  const { configSchema } = manifest;
  if (configSchema === undefined) {
    if (settings === undefined) return {};
    throw new Error('the configuration has settings for it, and it takes none');
  }
  const fits = compileSchema(configSchema);
  const given = settings === undefined ? {} : copyJson(settings, 'its settings');
  const fitted = fits(given);
  if ('fault' in fitted) throw new Error(`its settings do not fit: ${fitted.fault}`);
  if (!isJsonObject(fitted.value)) throw new Error('its settings are no object');
  return fitted.value;
}
