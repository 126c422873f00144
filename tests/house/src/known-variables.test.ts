import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { KNOWN_VARIABLES, unknownVariables } from '../../../packages/link/src/index.ts';
import { repositoryFiles, root } from './repository.ts';

const sources = repositoryFiles().filter(
  (file) =>
    /^(packages|apps|extensions)\/[^/]+\/src\/.*\.ts$/.test(file) &&
    !/\.test\.ts$|__fixtures__|known-variables\.ts$/.test(file),
);

describe('variables of the environment', () => {
  it('the list of those we read is what the sources read', () => {
    const read = new Set(
      sources.flatMap((file) => [
        ...new Set(readFileSync(join(root, file), 'utf8').match(/\bDISPATCH_[A-Z_]+\b/g)),
      ]),
    );
    expect([...read].sort()).toEqual([...KNOWN_VARIABLES]);
  });

  it('a misspelt one is told with the one that was meant', () => {
    expect(
      unknownVariables({ DISPATCH_HTTP_PROT: '1', DISPATCH_COLOUR: 'x', PATH: '/', DISPATCH_URL: 'u' }),
    ).toEqual([{ name: 'DISPATCH_COLOUR' }, { name: 'DISPATCH_HTTP_PROT', meant: 'DISPATCH_HTTP_PORT' }]);
  });
});
