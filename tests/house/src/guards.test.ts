import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTemporaryCheckout, type TemporaryCheckout } from './temporary-checkout.ts';

/** Each rule, and a file that breaks it. The rule's name must appear in what the tool says. */
const forbiddenImports: readonly (readonly [rule: string, file: string, text: string])[] = [
  ['wire-stands-alone', 'packages/wire/src/planted.ts', "import '../../ui-contract/src/index.ts';\n"],
  [
    'transport-contract',
    'packages/transport-contract/src/planted.ts',
    "import '../../client/src/index.ts';\n",
  ],
  ['client-and-testkit', 'packages/client/src/planted.ts', "import '../../link/src/index.ts';\n"],
  ['testkit', 'packages/testkit/src/planted.ts', "import '../../client/src/index.ts';\n"],
  ['link', 'packages/link/src/planted.ts', "import '../../client/src/index.ts';\n"],
  ['extensions', 'extensions/tool-clock/src/planted.ts', "import '../../../packages/link/src/index.ts';\n"],
  ['kernel', 'apps/kernel/src/planted.ts', "import '@dispatch/provider-demo';\n"],
  ['gateway', 'apps/gateway/src/planted.ts', "import '../../kernel/src/ports.ts';\n"],
  ['cli', 'apps/cli/src/planted.ts', "import '@dispatch/kernel';\n"],
  ['drivers-below-storage', 'apps/kernel/src/planted.ts', "import 'better-sqlite3';\n"],
  ['contracts-without-node', 'packages/wire/src/planted.ts', "import 'node:fs';\n"],
  ['zod-below-schema', 'packages/wire/src/planted.ts', "import 'zod';\n"],
  ['resolvable', 'apps/gateway/src/planted.ts', "import '@dispatch/kernel';\n"],
  ['no-circular', 'apps/cli/src/planted.ts', "export { a } from './planted-too.ts';\nexport const b = 1;\n"],
];

const forbiddenCode: readonly (readonly [rule: string, file: string, text: string])[] = [
  ['clock', 'apps/kernel/src/planted.ts', 'export const at: number = Date.now();\n'],
  ['chance', 'apps/gateway/src/planted.ts', 'export const dice: number = Math.random();\n'],
  ['timers', 'packages/client/src/planted.ts', 'export const later: unknown = setTimeout(() => {}, 1);\n'],
  ['crypto', 'apps/kernel/src/planted.ts', 'export const id: string = crypto.randomUUID();\n'],
  ['default export', 'apps/cli/src/planted.ts', 'export default 1;\n'],
  ['any', 'apps/cli/src/planted.ts', 'export const loose: any = 1;\n'],
];

let checkout: TemporaryCheckout;
beforeAll(() => {
  checkout = createTemporaryCheckout();
  checkout.write('apps/cli/src/planted-too.ts', "export { b } from './planted.ts';\nexport const a = 1;\n");
}, 60_000);
afterAll(() => checkout.dispose());

describe('dependency-cruiser', () => {
  it.each(forbiddenImports)('%s refuses %s', (rule, file, text) => {
    checkout.write(file, text);
    const { status, output } = checkout.run('depcruise', [file]);
    checkout.remove(file);
    expect(output).toContain(`error ${rule}: ${file.slice(0, file.lastIndexOf('/'))}`);
    expect(status).not.toBe(0);
  });
});

describe('biome', () => {
  it.each(forbiddenCode)('refuses %s in %s', (_rule, file, text) => {
    checkout.write(file, text);
    const { status, output } = checkout.run('biome', ['lint', file]);
    checkout.remove(file);
    expect(output).toMatch(/Found [1-9]\d* error/);
    expect(status).not.toBe(0);
  });
});
