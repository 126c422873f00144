import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryFiles, root } from './repository.ts';

const sources = repositoryFiles().filter((file) =>
  /^(packages|apps|extensions|tests|benchmarks|scripts)\/.*\.ts$/.test(file),
);

describe('names', () => {
  it('files are kebab-case', () => {
    const odd = sources.filter(
      (file) =>
        !/^([a-z0-9-]+|__fixtures__)(\/([a-z0-9-]+|__fixtures__))*(\.(test|test-d|config|base|d))?\.ts$/.test(
          file,
        ),
    );
    expect(odd).toEqual([]);
    expect(sources.length).toBeGreaterThan(50);
  });

  it('nothing is called utils, common, shared, core or helpers', () => {
    expect(
      sources.filter((file) => /(^|\/)(utils?|common|shared|core|helpers?)(\/|\.ts$)/.test(file)),
    ).toEqual([]);
  });

  it('index.ts stands only where a package is entered', () => {
    const entries = /^(packages|extensions|tests)\/[^/]+\/src\/(schema\/|fixtures\/|testing\/)?index\.ts$/;
    expect(sources.filter((file) => file.endsWith('/index.ts') && !entries.test(file))).toEqual([]);
  });

  it('no test is switched off or narrowed', () => {
    const silenced = sources.filter(
      (file) =>
        /\b(it|test|describe)\.(only|skip|todo)\b|@ts-(ignore|nocheck)/.test(
          readFileSync(join(root, file), 'utf8'),
        ) && !file.endsWith('house/src/names.test.ts'),
    );
    expect(silenced).toEqual([]);
  });
});
