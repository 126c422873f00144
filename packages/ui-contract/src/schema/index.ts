export {
  invokeMessageSchema,
  subscribeMessageSchema,
  surfaceClientMessageSchema,
  unsubscribeMessageSchema,
} from './client-messages.ts';
export { seriesPayloadSchema, tablePayloadSchema, timerPayloadSchema } from './renderers.ts';
export { surfaceServerMessageSchema } from './server-messages.ts';
export { surfaceFieldSchema } from './surface-field.ts';
export { surfaceCatalogSchema, surfaceSpecSchema, surfaceUpdateSchema } from './surface-spec.ts';
