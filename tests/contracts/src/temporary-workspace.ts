import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from './repository.ts';

/** A small pnpm workspace in a temporary folder, under git because changesets asks for it. */
export interface TemporaryWorkspace {
  readonly folder: string;
  write(file: string, text: string): void;
  read(file: string): string;
  dispose(): void;
}

export function createTemporaryWorkspace(): TemporaryWorkspace {
  const folder = mkdtempSync(join(tmpdir(), 'dispatch-contracts-'));
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  write('package.json', JSON.stringify({ name: 'temporary', private: true, version: '0.0.0' }));
  write('pnpm-workspace.yaml', 'packages: ["packages/*"]\n');
  write('pnpm-lock.yaml', '');
  // The real way of writing CHANGELOGs; the list of ignored packages names some that are not here.
  const config = JSON.parse(readFileSync(join(root, '.changeset/config.json'), 'utf8'));
  write('.changeset/config.json', JSON.stringify({ ...config, $schema: undefined, ignore: [] }));
  cpSync(join(root, '.changeset/changelog.cjs'), join(folder, '.changeset/changelog.cjs'));
  spawnSync('git', ['init', '-q', '-b', 'main'], { cwd: folder });
  return {
    folder,
    write,
    read: (file) => readFileSync(join(folder, file), 'utf8'),
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}
