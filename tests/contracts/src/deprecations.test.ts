import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CLIENT_FRAMES } from '@dispatch/transport-contract';
import { expect, it } from 'vitest';
import { filesBelow, readText, root } from './repository.ts';

/** One entry of the ledger of what goes away. */
interface Deprecation {
  readonly package: string;
  /** The exported type. */
  readonly name: string;
  readonly what: string;
  readonly deprecatedIn: string;
  readonly removedIn: string;
  readonly instead: string;
}

const ledger: readonly Deprecation[] = JSON.parse(readText('contracts/deprecations.json'));
const numberOf = (version: string) => version.split('.').reduce((sum, part) => sum * 1_000 + Number(part), 0);

/** Types whose docstring says that they go, by package. */
function marked(): readonly string[] {
  return readdirSync(join(root, 'packages')).flatMap((folder) => {
    const { name } = JSON.parse(readText(`packages/${folder}/package.json`)) as { name: string };
    const sources = filesBelow(`packages/${folder}/src`).filter((file) => file.endsWith('.ts'));
    return sources.flatMap((file) =>
      [...readText(file).matchAll(/@deprecated[^*]*\*\/\s*export (?:interface|type|const) (\w+)/g)].map(
        ([, type]) => `${name} ${type}`,
      ),
    );
  });
}

it('the ledger has exactly what is marked as deprecated, with a version in which it goes', () => {
  expect(ledger.map((entry) => `${entry.package} ${entry.name}`).sort()).toEqual([...marked()].sort());
  expect(ledger.length).toBeGreaterThan(0);
  for (const { deprecatedIn, removedIn, instead } of ledger) {
    expect(removedIn).toMatch(/^\d+\.\d+\.0$/);
    expect(numberOf(removedIn)).toBeGreaterThan(numberOf(deprecatedIn));
    expect(instead).not.toBe('');
  }
});

it('what is over its time is gone', () => {
  for (const entry of ledger) {
    const folder = entry.package.replace('@dispatch/', 'packages/');
    const { version } = JSON.parse(readText(`${folder}/package.json`)) as { version: string };
    expect(numberOf(version), entry.name).toBeLessThan(numberOf(entry.removedIn));
  }
});

it('what is deprecated still works: the frame is in the table', () => {
  expect(CLIENT_FRAMES['presence.update'].summary).toContain('Deprecated');
});
