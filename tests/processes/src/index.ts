export { createDataDirectory } from './data-directory.ts';
export type { DispatchOptions, DispatchProcesses } from './dispatch-processes.ts';
export { startDispatch } from './dispatch-processes.ts';
export { eventually } from './eventually.ts';
export { freePort } from './free-port.ts';
export type { ManagedProcess } from './managed-process.ts';
export { appEntry, startProcess } from './managed-process.ts';
