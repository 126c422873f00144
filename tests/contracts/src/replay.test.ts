import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { contracts, readText, runTool } from './repository.ts';
import { createTemporaryWorkspace, type TemporaryWorkspace } from './temporary-workspace.ts';

const notes = new URL('./__fixtures__/changesets/', import.meta.url);
const start = { wire: '0.6.0', 'ui-contract': '0.1.0', 'transport-contract': '0.8.0' } as const;

let workspace: TemporaryWorkspace;
beforeEach(() => {
  workspace = createTemporaryWorkspace();
  for (const name of contracts) {
    const { dependencies } = JSON.parse(readText(`packages/${name}/package.json`));
    workspace.write(
      `packages/${name}/package.json`,
      JSON.stringify({ name: `@dispatch/${name}`, version: start[name], dependencies }),
    );
    workspace.write(`packages/${name}/CHANGELOG.md`, `# @dispatch/${name}\n`);
  }
});
afterEach(() => workspace.dispose());

const versions = () =>
  Object.fromEntries(
    contracts.map((name) => [name, JSON.parse(workspace.read(`packages/${name}/package.json`)).version]),
  );

it('the two first notes take ui-contract to 0.2.0 and transport-contract to 0.9.0, and leave wire alone', () => {
  for (const file of readdirSync(notes)) {
    workspace.write(`.changeset/${file}`, readFileSync(new URL(file, notes), 'utf8'));
  }
  const { status, output } = runTool('changeset', ['version'], workspace.folder);
  expect(output).toContain('All files have been updated');
  expect(status).toBe(0);
  expect(versions()).toEqual({ wire: '0.6.0', 'ui-contract': '0.2.0', 'transport-contract': '0.9.0' });
});

it('the notes stand in the CHANGELOGs as they were written', () => {
  for (const file of readdirSync(notes)) {
    const text = readFileSync(new URL(file, notes), 'utf8');
    const name = /'@dispatch\/([a-z-]+)'/.exec(text)?.[1] ?? '';
    const [title = '', ...body] = (text.split('---\n').at(-1) ?? '').trim().split('\n');
    const changelog = readText(`packages/${name}/CHANGELOG.md`);
    expect(changelog).toContain(`#### ${title}\n${body.join('\n')}\n`);
  }
});

it('without notes nothing moves', () => {
  runTool('changeset', ['version'], workspace.folder);
  expect(versions()).toEqual(start);
});
