import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { ManagedProcess } from '@dispatch/tests-processes';

const RESERVE_BYTES = 16 * 1024 * 1024;
const BEGINS = 'no message is taken';
const ENDS = 'there is room on the disk again';

/** Whether the data directory has its reserve, whole and really allocated. */
export function isReserved(dataDir: string): boolean {
  const stat = statSync(join(dataDir, 'reserve'), { throwIfNoEntry: false });
  return stat !== undefined && stat.size === RESERVE_BYTES && stat.blocks * 512 >= RESERVE_BYTES;
}

/** How often a kernel's log says that the disk is full, and that it is so no more. */
export function told(kernel: ManagedProcess): { readonly begins: number; readonly ends: number } {
  const times = (text: string) => kernel.output().split(text).length - 1;
  return { begins: times(BEGINS), ends: times(ENDS) };
}
