import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { StoreRefusedError } from './store-refused-error.ts';

const OTHERS = 0o077;
const STICKY = 0o1000;

/** Makes the data directory if it is missing and closes it to other users. */
export function prepareDataDirectory(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    const { mode } = statSync(dataDir);
    // A sticky directory is shared by design (/tmp); closing that one would harm the whole machine.
    if ((mode & STICKY) !== 0) {
      throw new StoreRefusedError(`${dataDir} is shared by all users; choose a data directory of its own.`);
    }
    if ((mode & OTHERS) !== 0) chmodSync(dataDir, 0o700);
  } catch (error) {
    if (error instanceof StoreRefusedError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new StoreRefusedError(`The data directory ${dataDir} cannot be used: ${reason}`, { cause: error });
  }
}
