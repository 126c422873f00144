import type { KernelReadyAnswer } from '@dispatch/link';
import { ApiError } from './api-error.ts';
import type { ApiHandler } from './api-handler.ts';
import { storageFull } from './change-conversation.ts';

/** `GET /internal/ready`: whether a write can begin now and new turns are accepted. */
export const ready: ApiHandler = async (_, { store, isDraining }): Promise<KernelReadyAnswer> => {
  if (isDraining()) throw new ApiError('draining', 'the kernel is shutting down');
  const outcome = await store.commit<null>({
    // biome-ignore lint/correctness/useYield: an empty transaction asks nothing, it only has to begin and commit.
    *plan() {
      return { result: null };
    },
  });
  if (outcome.kind === 'full') throw storageFull();
  if (outcome.kind !== 'committed') throw new ApiError('kernel-unavailable', 'the store cannot commit');
  return { ok: true };
};
