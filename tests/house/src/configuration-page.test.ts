import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { turnLimits } from '../../../apps/kernel/src/turn/ceilings.ts';
import { CONFIG_FILE_NAME, readConfigFile } from '../../../packages/link/src/index.ts';
import { root } from './repository.ts';

const page = readFileSync(join(root, 'docs/configuration.md'), 'utf8');

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dispatch-page-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** What the processes read when this is the configuration file. */
function readBack(text: string): unknown {
  writeFileSync(join(directory, CONFIG_FILE_NAME), text);
  return readConfigFile(directory);
}

describe('docs/configuration.md', () => {
  it('every configuration file it shows is accepted as it stands', () => {
    const blocks = [...page.matchAll(/^```json\n(.*?)^```$/gms)].map(([, text = '']) => text);
    expect(blocks.length).toBeGreaterThan(0);
    for (const block of blocks) expect(readBack(block)).toEqual(JSON.parse(block));
  });

  it('lists every limit of a turn with the default it has', () => {
    const section = page.split('### turnLimits\n')[1]?.split('\n#')[0] ?? '';
    const rows = [...section.matchAll(/^\| `(\w+)` \|.*\| (\d+) \|$/gm)];
    const listed = Object.fromEntries(rows.map(([, key = '', value]) => [key, Number(value)]));
    expect(listed).toEqual(turnLimits());
    expect(readBack(JSON.stringify({ turnLimits: listed }))).toEqual({ turnLimits: listed });
  });
});
