import { lockDataDirectory } from '../data-lock.ts';

const [dataDir = ''] = process.argv.slice(2);
try {
  lockDataDirectory(dataDir);
  process.send?.('held');
} catch (error) {
  process.send?.(error instanceof Error ? error.name : 'unknown');
}
// The channel to the parent keeps this process alive.
process.on('message', () => {});
