import type { SurfaceCatalog } from './surface-catalog.ts';
import type { SurfaceSpec, SurfaceUpdate } from './surface-spec.ts';

/** All surfaces. Sent after connecting and again whenever the list changes. */
export interface CatalogMessage {
  readonly type: 'catalog';
  readonly catalog: SurfaceCatalog;
}

/** The answer to `subscribe`: the surface as it stands. */
export interface SurfaceMessage {
  readonly type: 'surface';
  readonly spec: SurfaceSpec;
  /** The conversation it was asked for. Absent for a surface that is the same everywhere. */
  readonly conversationId?: string;
}

/** A subscribed surface changed. */
export interface SurfaceUpdateMessage {
  readonly type: 'update';
  readonly update: SurfaceUpdate;
}

/** A frame of the client was refused. The connection stays open. */
export interface SurfaceErrorMessage {
  readonly type: 'error';
  /** One sentence for people. */
  readonly message: string;
  /** The surface it is about. Absent when the frame named none or could not be read. */
  readonly surfaceId?: string;
}

/** What a backend may send about surfaces, told apart by `type`. */
export type SurfaceServerMessage =
  | CatalogMessage
  | SurfaceMessage
  | SurfaceUpdateMessage
  | SurfaceErrorMessage;
