import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './repository.ts';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const manifests = ['packages', 'apps', 'extensions', 'tests'].flatMap((group) =>
  readdirSync(join(root, group)).map((name) => ({
    folder: `${group}/${name}`,
    manifest: JSON.parse(readFileSync(join(root, group, name, 'package.json'), 'utf8')) as Manifest,
  })),
);

describe('versions', () => {
  it('no published package and no extension stands at 0.0.0', () => {
    const unborn = manifests.filter(
      ({ folder, manifest }) =>
        (folder.startsWith('extensions/') || manifest.private !== true) && manifest.version === '0.0.0',
    );
    expect(unborn.map(({ folder }) => folder)).toEqual([]);
  });

  it('workspace packages ask for each other by workspace:^', () => {
    const loose = manifests.flatMap(({ folder, manifest }) =>
      Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
        .filter(([name, range]) => name.startsWith('@dispatch/') && range !== 'workspace:^')
        .map(([name, range]) => `${folder} wants ${name} ${range}`),
    );
    expect(loose).toEqual([]);
    expect(manifests.length).toBeGreaterThan(12);
  });

  it('everything else comes from the catalog, at one version', () => {
    const own = manifests.flatMap(({ folder, manifest }) =>
      Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
        .filter(([name, range]) => !name.startsWith('@dispatch/') && range !== 'catalog:')
        .map(([name, range]) => `${folder} wants ${name} ${range}`),
    );
    expect(own).toEqual([]);
  });
});
