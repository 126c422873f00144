import { describe, expect, it } from 'vitest';
import {
  credential,
  healthyFacts,
  healthyGateway,
  healthyKernel,
  noInstance,
  runningInstance,
  withKernel,
} from './__fixtures__/healthy.ts';
import { allChecks } from './all-checks.ts';
import type { DatabaseFacts, DirectoryFacts } from './app-facts.ts';
import type { DoctorFacts } from './doctor-facts.ts';
import type { InstanceFacts } from './instance-facts.ts';

/** What is not ok, as `id state: evidence → next`. */
const findings = (facts: DoctorFacts) =>
  allChecks(facts).flatMap(({ id, state, evidence, next }) =>
    state === 'ok' ? [] : [`${id} ${state}: ${evidence} → ${next}`],
  );
const evidence = (facts: DoctorFacts, id: string) => allChecks(facts).find((one) => one.id === id)?.evidence;

const directory = (change: Partial<DirectoryFacts>) =>
  withKernel({ dataDirectory: { ...healthyKernel.dataDirectory, ...change } });
const database = (facts: DatabaseFacts) => withKernel({ database: facts });
const readable = (change: object) => database({ ...healthyKernel.database, ...change } as DatabaseFacts);
const instance = (change: Partial<InstanceFacts>, more: Partial<DoctorFacts> = {}) =>
  healthyFacts({ instance: { ...runningInstance, ...change }, ...more });
const stopped = { ...healthyKernel, lock: { held: false } };
const credentials = (...more: Parameters<typeof credential>[0][]) =>
  withKernel({ credentials: [...healthyKernel.credentials, ...more.map(credential)] });

describe('a machine on which nothing is wrong', () => {
  it('has no findings while Dispatch runs, and every check has an id of its own', () => {
    expect(findings(healthyFacts())).toEqual([]);
    const ids = allChecks(healthyFacts()).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(20);
  });

  it('has none before the first start either, and says how to start', () => {
    const absent = { ...healthyKernel.dataDirectory, state: 'absent', ownedByUs: null, mode: null } as const;
    const kernel = { ...stopped, dataDirectory: absent, database: { state: 'absent' } as const };
    const facts = healthyFacts({ kernel, instance: noInstance, supervisor: { state: 'nothing-runs' } });
    expect(findings(facts)).toEqual([]);
    expect(evidence(facts, 'data-directory')).toContain('the first start makes it');
    expect(evidence(facts, 'readiness')).toContain('start it: npm start');
  });
});

describe('the runtime', () => {
  it.each<[string, Partial<DoctorFacts>, RegExp]>([
    ['an old Node', { node: '20.18.3' }, /^node problem: 20\.18\.3 is too old.* → nvm install/],
    ['an older one', { node: '18.99.0' }, /^node problem/],
    [
      'nothing built',
      { built: { isClone: true, missing: ['apps/kernel'], stale: [] } },
      /^built-files problem: not built: apps\/kernel → npx -y pnpm@[\d.]+ run build$/,
    ],
    [
      'a build of other sources',
      {
        built: {
          isClone: true,
          missing: [],
          stale: [{ folder: 'apps/kernel', source: 'apps/kernel/src/a.ts' }],
        },
      },
      /^built-files warning: apps\/kernel is not built from the apps\/kernel\/src\/a\.ts/,
    ],
    ['few descriptors', { openFiles: 512 }, /^open-files warning: .*512.* → ulimit -n 8192$/],
    ['hardly any', { openFiles: 64 }, /^open-files problem/],
  ])('%s', (_, change, finding) => {
    expect(findings(healthyFacts(change))).toEqual([expect.stringMatching(finding)]);
  });

  it.each([
    { node: '20.19.0' },
    { node: '22.0.1' },
    { openFiles: null },
    { built: { isClone: false, missing: [], stale: [] } },
  ])('%j is in order', (change) => expect(findings(healthyFacts(change))).toEqual([]));

  it('a native module for another Node is rebuilt', () => {
    const reason =
      'The module was compiled against a different Node.js version using\nNODE_MODULE_VERSION 108.';
    const facts = withKernel({ native: { loads: false, reason }, lock: null, database: null });
    expect(findings(facts)).toEqual([
      expect.stringMatching(
        /^native-module problem: .*compiled against a different Node.* → npx .* rebuild better-sqlite3$/,
      ),
    ]);
  });

  it('processes that cannot be asked are told, with everything that is still known', () => {
    const unasked = "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'pino'";
    const facts = healthyFacts({ kernel: { unasked }, gateway: { unasked }, instance: null });
    expect(findings(facts)).toEqual([
      expect.stringMatching(/^native-module problem: .*Cannot find package 'pino' → npm start$/),
      expect.stringMatching(/^gateway-process problem: /),
      expect.stringMatching(/^bind warning: not checked/),
    ]);
  });
});

describe('settings', () => {
  it('both processes say the same of one file, once', () => {
    const fault = '/data/dispatch.config.json: Unrecognized key: "prot"; did you mean httpPort?';
    const gateway = { ...healthyGateway, settings: { fault } };
    const facts = healthyFacts({
      kernel: { ...healthyKernel, settingsFault: fault },
      gateway,
      instance: null,
    });
    const [first, ...rest] = findings(facts);
    expect(first).toBe(`configuration problem: ${fault} → \${EDITOR:-nano} /data/dispatch.config.json`);
    expect(rest).toEqual([expect.stringMatching(/^bind warning: not checked/)]);
  });

  it('a variable is unset, and a public bind is a finding of its own', () => {
    const fault = 'DISPATCH_HOST: 0.0.0.0 is not a loopback address, and auth mode local needs one';
    const facts = healthyFacts({ gateway: { ...healthyGateway, settings: { fault } }, instance: null });
    expect(findings(facts)).toEqual([
      `configuration problem: ${fault} → unset DISPATCH_HOST`,
      `bind problem: ${fault} → unset DISPATCH_HOST`,
    ]);
  });

  it('variables nobody reads, secrets others can read, extensions that do not run', () => {
    const unknownVariables = [{ name: 'DISPATCH_PROT', meant: 'DISPATCH_PORT' }, { name: 'DISPATCH_X' }];
    expect(findings(withKernel({ unknownVariables }))).toEqual([
      'variables warning: DISPATCH_PROT means nothing; did you mean DISPATCH_PORT? · DISPATCH_X means nothing → unset DISPATCH_PROT DISPATCH_X',
    ]);
    const secretFiles = [
      { from: 'OPENAI_API_KEY_FILE', path: '/my keys/a', mode: 0o644 },
      { from: 'link.secret', path: '/data/link.secret', mode: 0o600 },
      { from: 'apiKeyFile of the credential b', path: '/gone', mode: null },
    ];
    expect(findings(withKernel({ secretFiles }))).toEqual([
      "secret-files warning: /my keys/a (OPENAI_API_KEY_FILE) has mode 644 → chmod 600 '/my keys/a'",
    ]);
    const disabledExtensions = [{ id: 'tool-x', reason: 'it needs another version' }];
    expect(findings(withKernel({ disabledExtensions }))).toEqual([
      expect.stringContaining('extensions problem: tool-x: it needs another version'),
    ]);
  });
});

describe('the data directory', () => {
  it.each<[Partial<DirectoryFacts>, RegExp]>([
    [
      { state: 'other', mode: null },
      /^data-directory problem: \/data is not a folder → mv \/data \/data\.old$/,
    ],
    [{ state: 'unreachable' }, /^data-directory problem: .* → ls -ld \/data$/],
    [
      { state: 'absent', writable: false, nearest: '/' },
      /problem: .*nothing can be made in \/ → sudo install -d -m 700/,
    ],
    [{ ownedByUs: false }, /problem: \/data belongs to another user → sudo chown -R/],
    [{ mode: 0o755 }, /^data-directory warning: .*mode 755.* → chmod 700 \/data$/],
    [{ mode: 0o1777 }, /^data-directory problem: .*shared by all users → export DISPATCH_DATA_DIR/],
    [{ writable: false }, /^data-directory problem: .* → chmod 700 \/data$/],
    [{ freeBytes: 500e6 }, /^free-space warning: 500 MB free → df -h \/data$/],
    [{ freeBytes: 5e6 }, /^free-space problem: 5\.0 MB free: soon new messages are refused/],
    [{ remote: 'NFS' }, /^file-system problem: .*NFS.* → export DISPATCH_DATA_DIR/],
    [{ remote: 'FUSE' }, /^file-system warning/],
  ])('%j', (change, finding) => {
    expect(findings(directory(change))).toEqual([expect.stringMatching(finding)]);
  });

  it('a path that is too long for sockets is in order while there is another place for them', () => {
    const apart = withKernel({ sockets: { directory: '/tmp/dispatch-1', apart: true } });
    expect(findings(apart)).toEqual([]);
    expect(evidence(apart, 'sockets')).toContain('/tmp/dispatch-1');
    expect(findings(withKernel({ sockets: { reason: 'too long' } }))).toEqual([
      expect.stringMatching(/^sockets problem: too long/),
    ]);
  });
});

describe('the database', () => {
  it.each<[string, DoctorFacts, RegExp]>([
    [
      'lost',
      database({ state: 'absent', orphan: '/data/dispatch.db-wal' }),
      /^database problem: .*put the database back → ls -l \/data$/,
    ],
    [
      'damaged',
      database({ state: 'damaged', reason: 'no header' }),
      /restore it from a backup, or move it away.* → mkdir -p \/data\/damaged && mv \/data\/dispatch\.db\* \/data\/damaged\/$/,
    ],
    [
      'newer',
      database({ state: 'refused', reason: 'written by a newer version of Dispatch.' }),
      /^database problem: written by a newer version.* → git pull && npm start$/,
    ],
    ['foreign', database({ state: 'refused', reason: 'not one of Dispatch.' }), / → mkdir -p/],
    [
      'unreadable',
      database({ state: 'unreadable', reason: 'EACCES' }),
      /^database problem: .*EACCES → ls -l \/data$/,
    ],
    [
      'broken pages',
      readable({ found: ['Tree 4 page 7: btreeInitPage() returns error code 11'] }),
      /^database problem: it is damaged: Tree 4.* → cp -a \/data \/data\.saved$/,
    ],
    [
      'an audit trail that was changed',
      readable({ damagedAudit: 620 }),
      /^audit-trail problem: entry 620 .* → cp -a \/data \/data\.saved$/,
    ],
    ['a long log', readable({ walBytes: 900e6 }), /^write-ahead-log warning: 900 MB/],
    [
      'a lock nobody can read',
      withKernel({ lock: { held: false, reason: 'no database' } }),
      /^lock problem: .* → rm \/data\/lock\.db$/,
    ],
  ])('%s', (_, facts, finding) => {
    expect(findings(facts)).toEqual(expect.arrayContaining([expect.stringMatching(finding)]));
  });

  it('says what it did not look at, and what a start will change', () => {
    expect(evidence(readable({ found: null, leftOut: '315 MB' }), 'database')).toContain(
      'not read through: 315 MB',
    );
    const behind = {
      ...stopped,
      database: { ...healthyKernel.database, pendingMigrations: 2 } as DatabaseFacts,
    };
    expect(evidence(healthyFacts({ kernel: behind }), 'database')).toContain('2 steps');
  });
});

describe('the running instance', () => {
  it.each<[string, DoctorFacts, RegExp]>([
    [
      'another program at the port',
      instance({ http: { state: 'foreign', says: 'status 404 from nginx' }, versions: null, ready: null }),
      /^http-port problem: 24203 belongs to another program, which answers with status 404 from nginx → ss -ltnp 'sport = :24203'$/,
    ],
    [
      'another Dispatch',
      instance({ versions: { ...runningInstance.versions, epoch: 'ep2' } as never }),
      /^http-port problem: .*another data directory → \.\/dispatch up --http-port 25203/,
    ],
    [
      'a port that may not be opened',
      instance({ ws: { state: 'refused-to-us', code: 'EACCES' } }),
      /^ws-port problem: 24205 cannot be opened \(EACCES\)/,
    ],
    [
      'a kernel without its gateway',
      healthyFacts({ instance: noInstance }),
      /^readiness problem: a kernel runs, but no gateway answers at 127\.0\.0\.1:24203/,
    ],
    [
      'a gateway without its kernel',
      instance({ ready: { ok: false, says: 'The kernel is not ready.' } }, { kernel: stopped }),
      /^readiness problem: the gateway waits for its kernel, which does not run.* → npm start$/,
    ],
    [
      'a kernel that is not ready',
      instance({ ready: { ok: false, says: 'so' } }),
      /^readiness problem: the gateway is not ready: so/,
    ],
    [
      'another version',
      instance({ versions: { ...runningInstance.versions, gateway: '0.0.9' } as never }),
      /^versions warning: gateway 0\.0\.9 runs, 0\.1\.0 is here; stop it and start it again → npm start$/,
    ],
    [
      'no supervisor',
      healthyFacts({ supervisor: { state: 'other', pid: 7, name: 'bash' } }),
      /^supervisor warning: bash \(process 7\) started the kernel/,
    ],
  ])('%s', (_, facts, finding) => {
    expect(findings(facts)).toEqual(expect.arrayContaining([expect.stringMatching(finding)]));
  });

  it.each<Partial<DoctorFacts>>([
    { supervisor: { state: 'other', pid: 1, name: 'init' } },
    { supervisor: { state: 'other', pid: 900, name: 'systemd' } },
    { supervisor: { state: 'unknown' } },
    { instance: { ...noInstance, http: { state: 'any' }, ws: { state: 'any' } }, kernel: stopped },
  ])('%j is in order', (change) => expect(findings(healthyFacts(change))).toEqual([]));
});

describe('models', () => {
  const failed = (code: string) => ({ state: 'failed', code, message: 'It says no.' }) as const;

  it.each<[string, DoctorFacts, RegExp]>([
    [
      'a wrong key',
      credentials({ answer: failed('authentication-failed') }),
      /^credential-anthropic problem: a key is there, but .*It says no\. \(authentication-failed\) → export ANTHROPIC_API_KEY=<another key>$/,
    ],
    [
      'a wrong key of the file',
      credentials({ name: 'mine', answer: failed('authentication-failed') }),
      / → \$\{EDITOR:-nano\} \/data\/dispatch\.config\.json$/,
    ],
    [
      'a server that is away',
      credentials({
        name: 'local',
        provider: 'openai-compatible',
        hasKey: false,
        origin: 'http://127.0.0.1:11434',
        answer: failed('provider-unavailable'),
      }),
      /^credential-local warning: no key, but .* → curl -sSI -m 5 http:\/\/127\.0\.0\.1:11434$/,
    ],
    [
      'no key',
      credentials({ hasKey: false, answer: failed('authentication-failed') }),
      /^credential-anthropic problem: it has no key/,
    ],
    [
      'no provider',
      credentials({ provider: 'x', answer: { state: 'not-asked', reason: 'no-provider' } }),
      /^credential-anthropic problem: no extension provides "x"/,
    ],
    [
      'no models',
      credentials({ answer: { state: 'listed', models: [] } }),
      /^credential-anthropic warning: .*no model is listed/,
    ],
    [
      'a clock that is behind',
      credentials({ clockSkewMs: 600_000 }),
      /^clock warning: 600 s behind the one of anthropic → sudo timedatectl/,
    ],
    ['a clock that is ahead', credentials({ clockSkewMs: -90_000 }), /^clock warning: 90 s ahead of/],
    [
      'a default model of nobody',
      withKernel({ models: [{ name: 'x/y', use: 'default', hasCredential: false, isListed: null }] }),
      /^default-model problem: x\/y: no credential is called x → \.\/dispatch up --default-model demo\/writer$/,
    ],
    [
      'a default model that is not listed',
      withKernel({ models: [{ name: 'demo/y', use: 'default', hasCredential: true, isListed: false }] }),
      /^default-model warning: demo\/y: its credential does not list it/,
    ],
  ])('%s', (_, facts, finding) => {
    expect(findings(facts)).toEqual([expect.stringMatching(finding)]);
  });

  it('says what was not asked', () => {
    const offline = credentials({ answer: { state: 'not-asked', reason: 'offline' }, clockSkewMs: null });
    expect(findings(offline)).toEqual([]);
    expect(evidence(offline, 'credential-anthropic')).toContain('to stay offline');
    expect(evidence({ ...offline, offline: true }, 'clock')).toContain('to stay offline');
  });
});
