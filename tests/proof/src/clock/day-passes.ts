import type { DispatchProcesses } from '@dispatch/tests-processes';
import { fastTime } from './faked-clock.ts';
import type { SentKeys } from './sent-keys.ts';

const HOUR_MS = 3_600_000;

/** What is kept for a day is kept over sweeps at any time, and not kept once the kernel has run for more than a day. */
export async function dayPasses(dispatch: DispatchProcesses, keys: SentKeys): Promise<void> {
  // The first sweep is after one second of this.
  for (const offsetMs of [25 * HOUR_MS, 0]) {
    await dispatch.kernel.kill('SIGTERM');
    await dispatch.startKernel(fastTime(60, offsetMs));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
  }
  await dispatch.kernel.kill('SIGTERM');
  await dispatch.startKernel();
  await keys.expectServed('after sweeps in another time', 'served');
  await keys.repeatAll('after sweeps in another time');
  await dispatch.kernel.kill('SIGTERM');
  // A day and a quarter, over three starts of two seconds each.
  for (let start = 0; start < 3; start += 1) {
    await dispatch.startKernel(fastTime(18_000));
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    await dispatch.kernel.kill('SIGTERM');
  }
  await dispatch.startKernel();
  await keys.expectServed('after more than a day', 'too-old');
  await keys.expectForgotten();
}
