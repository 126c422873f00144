import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A fresh data directory and the function that removes it. */
export function createDataDirectory(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'dispatch-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
