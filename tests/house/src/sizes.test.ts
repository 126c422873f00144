import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryFiles, root } from './repository.ts';

const contract = /^packages\/(wire|ui-contract|transport-contract|surface-[^/]+)\/src\/(?!schema|fixtures)/;

/** The cap of a file in lines, or undefined for files without one. */
function cap(file: string): number | undefined {
  if (/(^|\/)(CHANGELOG|REFERENCE)\.md$|^contracts\/|drizzle\/|pnpm-lock/.test(file)) return undefined;
  if (/\.test(-d)?\.ts$/.test(file)) return 400;
  if (/^scripts\/.*\.ts$/.test(file)) return 150;
  if (contract.test(file)) return 250;
  if (/\.(ts|tsx)$/.test(file)) return 300;
  if (/\.md$/.test(file)) return 400;
  return undefined;
}

describe('sizes', () => {
  it('no file is longer than its kind may be', () => {
    const tooLong = repositoryFiles().flatMap((file) => {
      const most = cap(file);
      if (most === undefined) return [];
      const lines = readFileSync(join(root, file), 'utf8').split('\n').length - 1;
      return lines > most ? [`${file}: ${lines} lines, at most ${most}`] : [];
    });
    expect(tooLong).toEqual([]);
  });

  it('looks at the files it should', () => {
    expect(cap('packages/wire/src/chunk.ts')).toBe(250);
    expect(cap('apps/kernel/src/ports.ts')).toBe(300);
    expect(repositoryFiles().filter((file) => cap(file) !== undefined).length).toBeGreaterThan(100);
  });
});
