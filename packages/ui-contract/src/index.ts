export type { ActionRef } from './action-ref.ts';
export type {
  InvokeMessage,
  SubscribeMessage,
  SurfaceClientMessage,
  UnsubscribeMessage,
} from './client-messages.ts';
export {
  SERIES_RENDERER_ID,
  type SeriesPayload,
  type SeriesPoint,
  TABLE_RENDERER_ID,
  type TablePayload,
  TIMER_RENDERER_ID,
  type TimerPayload,
} from './renderers.ts';
export type {
  CatalogMessage,
  SurfaceErrorMessage,
  SurfaceMessage,
  SurfaceServerMessage,
  SurfaceUpdateMessage,
} from './server-messages.ts';
export type { SurfaceCatalog, SurfaceCatalogEntry } from './surface-catalog.ts';
export type {
  ButtonField,
  CustomField,
  FieldIdentity,
  NumberField,
  ProgressField,
  SelectorField,
  StatField,
  SurfaceField,
  SurfaceOption,
  ToggleField,
} from './surface-field.ts';
export type { Region, SurfaceSpec, SurfaceUpdate } from './surface-spec.ts';
export { UI_CONTRACT_VERSION } from './version.ts';
