import type { Surface } from '@dispatch/extension-api';
import type { SurfaceCatalogEntry, SurfaceSpec } from '@dispatch/ui-contract';
import { surfaceSpecSchema } from '@dispatch/ui-contract/schema';
import { plainJson } from '../extension/plain-json.ts';

/** Largest state a surface may have: 1 MiB of JSON. */
const SPEC_CAP_BYTES = 1024 * 1024;

const SURFACE_ID = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const LONGEST_TEXT = 128;

/** The catalog's row for a surface that an extension adds. Throws in words for its author. */
export function catalogEntry(surface: Surface): SurfaceCatalogEntry {
  const { id, region, title, scope, audience } = surface;
  if (typeof id !== 'string' || id.length > LONGEST_TEXT || !SURFACE_ID.test(id)) {
    throw new Error(`"${String(id)}" cannot be the id of a surface: it is not kebab-case`);
  }
  for (const text of [region, title]) {
    if (typeof text !== 'string' || text === '' || text.length > LONGEST_TEXT) {
      throw new Error(`surface "${id}" needs a region and a title of ${LONGEST_TEXT} characters at most`);
    }
  }
  if (scope !== 'global' && scope !== 'conversation') throw new Error(`surface "${id}" has no scope`);
  if (!['everyone', 'conversation', 'user'].includes(audience)) {
    throw new Error(`surface "${id}" has no audience`);
  }
  return { id, region, title, scope };
}

/** A surface's state as frontends get it. Throws in words for operators when the fields are not what the contract says. */
export function specOf({ id, region, title }: SurfaceCatalogEntry, fields: unknown): SurfaceSpec {
  const parsed = surfaceSpecSchema.safeParse(plainJson({ id, region, title, fields }, SPEC_CAP_BYTES));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Error(`its fields are not valid: ${issue?.path.map(String).join('.')}: ${issue?.message}`);
}
