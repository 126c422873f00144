import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filesBelow, readText, root, runTool } from './repository.ts';
import { createTemporaryWorkspace, type TemporaryWorkspace } from './temporary-workspace.ts';

const good = `---
'@dispatch/wire': minor
'@dispatch/transport-contract': minor
---

Events say which model answered

Nobody could see a switch of models.

- New optional field \`model\`.

Consumer action: optional — show it.
`;

let workspace: TemporaryWorkspace;
beforeEach(() => {
  workspace = createTemporaryWorkspace();
  workspace.write(
    'packages/transport-contract/src/index.ts',
    "export type {\n  AgentEvent,\n  TurnMetrics,\n} from '@dispatch/wire';\n",
  );
});
afterEach(() => workspace.dispose());

function check(note: string): { readonly status: number | null; readonly output: string } {
  workspace.write('.changeset/note.md', note);
  return runTool('tsx', [`${root}scripts/check-changesets.ts`, workspace.folder]);
}

describe('release notes', () => {
  it('those that wait are in form', () => {
    expect(runTool('tsx', ['scripts/check-changesets.ts'])).toMatchObject({ status: 0 });
  });

  it('one in form passes', () => {
    expect(check(good)).toMatchObject({ status: 0 });
  });

  it.each([
    ['no last line', good.replace(/Consumer action.*\n/, ''), 'ends with `Consumer action'],
    ['a last line without its text', good.replace(' — show it.', ''), 'ends with `Consumer action'],
    ['an unknown kind of action', good.replace('optional —', 'maybe —'), 'ends with `Consumer action'],
    ['no title', good.replace('Events say which model answered\n\n', ''), 'starts with a title'],
    ['a title in mark-up', good.replace('Events say', '# Events say'), 'starts with a title'],
    ['no body', good.replace(/Nobody[\s\S]*model`\.\n\n/, ''), 'says in a body'],
    ['a major', good.replace("wire': minor", "wire': major"), 'asks for a major of @dispatch/wire'],
    ['no such bump', good.replace("wire': minor", "wire': huge"), 'asks for a huge'],
    ['no front matter', good.replaceAll('---\n', ''), 'no readable front matter'],
    [
      'a re-exporting package left behind',
      good.replace("'@dispatch/transport-contract': minor\n", ''),
      '@dispatch/transport-contract re-exports @dispatch/wire and must be bumped at least as far (minor)',
    ],
    [
      'a re-exporting package bumped less',
      good.replace("transport-contract': minor", "transport-contract': patch"),
      'must be bumped at least as far (minor)',
    ],
  ])('%s is refused', (_what, note, complaint) => {
    expect(note).not.toBe(good);
    const { status, output } = check(note);
    expect(output).toContain(complaint);
    expect(status).toBe(1);
  });

  it('added server frames are announced as required, waiting or released', () => {
    const waiting = filesBelow('.changeset').filter((file) => file.endsWith('.md'));
    const texts = [...waiting, 'packages/transport-contract/CHANGELOG.md'].map(readText);
    const announcement = texts
      .flatMap((text) => text.split('\n'))
      .filter((line) => line.startsWith('Consumer action: required') && line.includes('`WsServerMessage`'))
      .join('\n');
    for (const type of [
      'hello',
      'ack',
      'chat.reset',
      'status',
      'ping',
      'pong',
      'bye',
      'user.event',
      'user.skip',
    ]) {
      expect(announcement).toContain(`\`${type}\``);
    }
  });
});

describe('references', () => {
  it('are up to date', () => {
    const { status, output } = runTool('tsx', ['scripts/generate-reference.ts', '--check']);
    expect(output.trim()).toBe('');
    expect(status).toBe(0);
  });

  it('name every public type of their package', () => {
    for (const name of ['wire', 'ui-contract', 'transport-contract']) {
      const reference = readText(`packages/${name}/REFERENCE.md`);
      const types = [...readText(`packages/${name}/src/index.ts`).matchAll(/\b([A-Z][A-Za-z]*[a-z])\b/g)];
      for (const [, type = ''] of types) expect(reference).toContain(type);
    }
  });
});
