import type { CredentialFacts, GatewayFacts, KernelFacts } from '../app-facts.ts';
import type { DoctorFacts } from '../doctor-facts.ts';
import type { InstanceFacts } from '../instance-facts.ts';

/** A machine on which Dispatch runs and nothing is wrong. */
export const healthyKernel: KernelFacts = {
  native: { loads: true, sqlite: '3.53.2' },
  dataDirectory: {
    path: '/data',
    state: 'directory',
    nearest: '/data',
    writable: true,
    ownedByUs: true,
    mode: 0o700,
    freeBytes: 50e9,
    remote: null,
  },
  sockets: { directory: '/data', apart: false },
  lock: { held: true, pid: 42 },
  database: {
    state: 'readable',
    bytes: 4e6,
    walBytes: 1e6,
    pendingMigrations: 0,
    epoch: 'ep1',
    found: [],
  },
  settingsFault: null,
  unknownVariables: [],
  secretFiles: [{ from: 'link.secret', path: '/data/link.secret', mode: 0o600 }],
  disabledExtensions: [],
  credentials: [
    {
      name: 'demo',
      provider: 'demo',
      hasKey: false,
      origin: null,
      answer: { state: 'listed', models: ['fast', 'tools', 'writer'] },
      clockSkewMs: null,
    },
  ],
  models: [{ name: 'demo/writer', use: 'default', hasCredential: true, isListed: true }],
};

const contracts = { wire: '0.7.0', 'ui-contract': '0.2.0', 'transport-contract': '0.10.0' };

export const healthyGateway: GatewayFacts = {
  versions: { gateway: '0.1.0', contracts },
  settings: { host: '127.0.0.1', httpPort: 24203, wsPort: 24205, auth: 'local' },
};

export const runningInstance: InstanceFacts = {
  host: '127.0.0.1',
  httpPort: 24203,
  wsPort: 24205,
  http: { state: 'dispatch' },
  ws: { state: 'dispatch' },
  versions: { gateway: '0.1.0', contracts, bootId: 'boot1', epoch: 'ep1' },
  ready: { ok: true },
};

/** The same place while nothing runs. */
export const noInstance: InstanceFacts = {
  ...runningInstance,
  http: { state: 'free' },
  ws: { state: 'free' },
  versions: null,
  ready: null,
};

export function healthyFacts(change: Partial<DoctorFacts> = {}): DoctorFacts {
  return {
    node: '20.20.2',
    neededNode: '20.19',
    openFiles: 20_000,
    built: { isClone: true, missing: [], stale: [] },
    kernel: healthyKernel,
    gateway: healthyGateway,
    instance: runningInstance,
    supervisor: { state: 'up', pid: 41 },
    offline: false,
    start: 'npm start',
    build: 'npx -y pnpm@10.34.8 run build',
    ...change,
  };
}

/** Facts in which only this is different about the kernel. */
export const withKernel = (change: Partial<KernelFacts>): DoctorFacts =>
  healthyFacts({ kernel: { ...healthyKernel, ...change } });

/** A credential that answers. */
export function credential(change: Partial<CredentialFacts>): CredentialFacts {
  return {
    name: 'anthropic',
    provider: 'anthropic',
    hasKey: true,
    origin: null,
    answer: { state: 'listed', models: ['claude'] },
    clockSkewMs: 400,
    ...change,
  };
}
