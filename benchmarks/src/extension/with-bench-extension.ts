import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createDataDirectory, type DispatchProcesses, startDispatch } from '@dispatch/tests-processes';
import { type Provider, startProvider } from '../provider/start-provider.ts';

const extension = fileURLToPath(new URL('./bench-extension.mjs', import.meta.url));

/** Runs `work` with so many kernels and gateways of their own, each with the extension of the benchmarks, before one provider. */
export async function withBenchExtension<T>(
  count: number,
  work: (installations: readonly DispatchProcesses[], provider: Provider) => Promise<T>,
): Promise<T> {
  const provider = await startProvider();
  const directories = Array.from({ length: count }, createDataDirectory);
  const running: DispatchProcesses[] = [];
  try {
    for (const { path } of directories) {
      const config = { extensions: { paths: [extension] } };
      writeFileSync(join(path, 'dispatch.config.json'), JSON.stringify(config));
      running.push(await startDispatch({ dataDir: path, env: provider.env }));
    }
    return await work(running, provider);
  } finally {
    await Promise.all(running.map((dispatch) => dispatch.stop()));
    provider.stop();
    for (const directory of directories) directory.remove();
  }
}
