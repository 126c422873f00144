import type { SurfaceField } from './surface-field.ts';

/** Where a surface would like to be shown. An open string, for example `side`; put unknown regions in your default place. */
export type Region = string;

/** A surface as it stands now: data and actions, never pixels. */
export interface SurfaceSpec {
  /** The surface's id, as in the catalog. */
  readonly id: string;
  readonly region: Region;
  /** What people read above it. */
  readonly title: string;
  /** Its rows, in order. */
  readonly fields: readonly SurfaceField[];
}

/** A new state of a surface. Always the complete spec, never a difference. */
export interface SurfaceUpdate {
  readonly surfaceId: string;
  readonly spec: SurfaceSpec;
  /** The conversation this state is of. Absent for a surface that is the same everywhere. */
  readonly conversationId?: string;
}
