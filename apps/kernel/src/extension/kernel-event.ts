import type { JsonValue, KernelEvents } from '@dispatch/extension-api';
import type { DomainEventDraft } from './extension-store.ts';

/** A domain event of the kernel's own, to be written in the commit that makes it happen. */
export function kernelEvent<Name extends keyof KernelEvents>(
  name: Name,
  payload: KernelEvents[Name],
): DomainEventDraft {
  // Its types say that it is JSON, but an interface is never taken for an object of any keys.
  return { name, payload: payload as unknown as JsonValue };
}
