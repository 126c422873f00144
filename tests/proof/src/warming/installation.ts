import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ScriptedModelServer, startScriptedModelServer } from '@dispatch/testkit';
import { createDataDirectory, type DispatchProcesses, startDispatch } from '@dispatch/tests-processes';
import { createFakedClock } from '../clock/faked-clock.ts';
import type { Attack } from '../harness.ts';
import { type ProviderRecord, recordProvider } from './provider-record.ts';
import type { Life, World } from './record.ts';

const neighbour = new URL('../../../protocol/src/extensions/__fixtures__/neighbour', import.meta.url);
const slowTools = new URL('./__fixtures__/slow-tools.mjs', import.meta.url);
/** A frame that is on its way was sent in the time of before. */
const BLUR_MS = 500;

/** Kernel, gateway and provider, and a record of what was done to them. */
export interface Installation {
  readonly dispatch: DispatchProcesses;
  readonly provider: ProviderRecord;
  readonly world: World;
  /** By how much the kernel's clock was off within the last moments; the latest is the last. */
  offsets(): readonly number[];
  /** Sets the kernel's clock off by so much more. */
  jump(byMs: number): void;
  killKernel(): Promise<void>;
  /** Resolves when it is ready. Rejects when it died before. */
  startKernel(env?: Readonly<Record<string, string>>): Promise<void>;
  /** Waits until the kernel has died by itself. False: it did not in this time. */
  diesWithin(ms: number): Promise<boolean>;
  stop(): Promise<void>;
}

export async function startInstallation({ random }: Attack): Promise<Installation> {
  const directory = createDataDirectory();
  const server: ScriptedModelServer = await startScriptedModelServer();
  const provider = recordProvider(server, random);
  writeFileSync(
    join(directory.path, 'dispatch.config.json'),
    JSON.stringify({
      credentials: [{ name: 'scripted', provider: 'openai-compatible', baseUrl: server.openaiUrl }],
      extensions: { paths: [neighbour, slowTools].map((url) => fileURLToPath(url)) },
    }),
  );
  const clock = createFakedClock(join(directory.path, 'kernel-clock'));
  const set: { readonly at: number; readonly offsetMs: number }[] = [{ at: 0, offsetMs: 0 }];
  const lives: { -readonly [Key in keyof Life]: Life[Key] }[] = [];
  const jumps: number[] = [];
  const never = Number.POSITIVE_INFINITY;
  lives.push({ spawnedAt: performance.now(), readyAt: never, diedAt: never });
  const dispatch = await startDispatch({ dataDir: directory.path, kernelEnv: clock.env });
  const life = () => lives[lives.length - 1] ?? { spawnedAt: 0, readyAt: 0, diedAt: never };
  life().readyAt = performance.now();
  return {
    dispatch,
    provider,
    world: { lives, jumps },
    offsets() {
      const now = performance.now();
      return set
        .filter((_, index) => (set[index + 1]?.at ?? now) >= now - BLUR_MS)
        .map(({ offsetMs }) => offsetMs);
    },
    jump(byMs) {
      const offsetMs = clock.offsetMs + byMs;
      set.push({ at: performance.now(), offsetMs });
      jumps.push(performance.now());
      clock.set(offsetMs);
    },
    async killKernel() {
      life().diedAt = Math.min(life().diedAt, performance.now());
      await dispatch.kernel.kill();
    },
    async startKernel(env) {
      lives.push({ spawnedAt: performance.now(), readyAt: never, diedAt: never });
      await dispatch.startKernel(env);
      life().readyAt = performance.now();
    },
    async diesWithin(ms) {
      const late = new Promise<false>((resolve) => setTimeout(() => resolve(false), ms));
      const died = await Promise.race([dispatch.kernel.exited.then(() => true), late]);
      if (died) life().diedAt = performance.now();
      return died;
    },
    async stop() {
      await Promise.all([dispatch.stop(), server.close()]);
      directory.remove();
    },
  };
}
