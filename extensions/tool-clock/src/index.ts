export type { Now } from './current-time.ts';
export { currentTime } from './current-time.ts';
export { extension } from './extension.ts';
