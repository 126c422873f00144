import {
  type ExtensionTables,
  memoryExtensions,
  noExtensionTables,
} from '../../turn/__fixtures__/memory-extensions.ts';
import type { DomainEventRow, ExtensionStore } from '../extension-store.ts';

/** An extension store without a disk, with its contents open to a test. */
export interface MemoryExtensionStore extends ExtensionStore {
  readonly tables: ExtensionTables;
  /** True: nothing fits any more. */
  isFull: boolean;
  /** Writes an event as a commit of the kernel would. */
  append(name: string, payload: DomainEventRow['payload']): void;
}

export function memoryExtensionStore(): MemoryExtensionStore {
  const tables = noExtensionTables();
  const { store, append, tell } = memoryExtensions(tables, async (write) => (open.isFull ? 'full' : write()));
  const open: MemoryExtensionStore = {
    ...store,
    tables,
    isFull: false,
    append(name, payload) {
      append([{ name, payload }]);
      tell();
    },
  };
  return open;
}
