export { processTests as default } from '../../vitest.base.ts';
