/** Who may import whom: ARCHITECTURE.md, section "Who may import whom". tests/house plants an offender of each kind. */
const contracts = '^packages/(wire|ui-contract|collab-contract|transport-contract|surface-[^/]+)/';
const internal = '^(packages|apps|extensions)/';
/** Forbids every internal import of `from` except those whose path matches `allowed` (and its own files). */
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { path: internal, pathNot: [...allowed, from] },
});

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true, dependencyTypesNot: ['type-only'] },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'declared',
      severity: 'error',
      from: { pathNot: '^(scripts|tests|benchmarks)/|vitest[.](base|config)[.]ts$' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    only('wire-stands-alone', '^packages/wire/', []),
    only('ui-contract-stands-alone', '^packages/ui-contract/', []),
    only('collab-contract-stands-alone', '^packages/collab-contract/', []),
    only('transport-contract', '^packages/transport-contract/', [
      '^packages/(wire|ui-contract|collab-contract)/',
    ]),
    only('extension-api', '^packages/extension-api/', ['^packages/(wire|ui-contract|collab-contract)/']),
    only('client-and-testkit', '^packages/client/', [contracts]),
    only('testkit', '^packages/testkit/', [contracts]),
    only('link', '^packages/link/', [contracts]),
    {
      name: 'extensions',
      severity: 'error',
      from: { path: '^extensions/([^/]+)/', pathNot: '[.]test[.]ts$' },
      to: {
        path: internal,
        pathNot: [
          '^extensions/$1/',
          '^packages/(extension-api|wire|ui-contract|collab-contract|surface-[^/]+)/',
        ],
      },
    },
    {
      name: 'kernel',
      severity: 'error',
      from: {
        path: '^apps/kernel/',
        pathNot: ['[.]test[.]ts$', '__fixtures__', '^apps/kernel/src/compose[.]ts$'],
      },
      to: { path: internal, pathNot: ['^apps/kernel/', contracts, '^packages/(link|extension-api)/'] },
    },
    {
      name: 'gateway',
      severity: 'error',
      from: { path: '^apps/gateway/', pathNot: '[.]test[.]ts$' },
      to: { path: internal, pathNot: ['^apps/gateway/', contracts, '^packages/link/'] },
    },
    {
      name: 'cli',
      severity: 'error',
      from: { path: '^apps/cli/', pathNot: '[.]test[.]ts$' },
      to: { path: internal, pathNot: ['^apps/cli/', contracts, '^packages/(client|link|react)/'] },
    },
    {
      name: 'drivers-below-storage',
      severity: 'error',
      from: {
        path: '^(packages|apps|extensions)/',
        pathNot: '^apps/kernel/(src/storage/|drizzle[.]config[.]ts)',
      },
      to: { path: 'node_modules/(better-sqlite3|drizzle-orm|drizzle-kit)/' },
    },
    {
      name: 'contracts-without-node',
      severity: 'error',
      from: {
        path: '^packages/(wire|ui-contract|collab-contract|transport-contract|surface-[^/]+|client)/src/',
        pathNot: '[.]test(-d)?[.]ts$',
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'zod-below-schema',
      severity: 'error',
      from: {
        path: '^packages/(wire|ui-contract|collab-contract|transport-contract|surface-[^/]+)/src/',
        pathNot: ['/src/schema/', '[.]test(-d)?[.]ts$'],
      },
      to: { path: 'node_modules/zod/' },
    },
    {
      name: 'nobody-imports-frozen-contracts',
      severity: 'error',
      from: { pathNot: '^(tests/contracts|contracts)/' },
      to: { path: '^contracts/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    combinedDependencies: true,
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@dispatch/source', 'types', 'import', 'node', 'default'],
      extensions: ['.ts', '.js', '.json', '.cjs', '.mjs', '.d.ts'],
    },
  },
};
