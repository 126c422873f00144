import { type DispatchProcesses, startDispatch } from '@dispatch/tests-processes';
import { type Provider, startProvider } from './provider/start-provider.ts';

/** Runs `work` with a provider and both processes over a fresh data directory, and ends them all. */
export async function withDispatch<T>(
  work: (dispatch: DispatchProcesses, provider: Provider) => Promise<T>,
): Promise<T> {
  const provider = await startProvider();
  try {
    const dispatch = await startDispatch({ env: provider.env });
    try {
      return await work(dispatch, provider);
    } finally {
      await dispatch.stop();
    }
  } finally {
    provider.stop();
  }
}
