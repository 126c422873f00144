export { tablePayloadSchema } from '@dispatch/ui-contract/schema';
export { loadedExtensionsTableSchema } from './loaded-table.ts';
