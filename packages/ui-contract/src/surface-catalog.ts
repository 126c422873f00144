import type { Region } from './surface-spec.ts';

/** A surface that can be subscribed to. */
export interface SurfaceCatalogEntry {
  /** Stable and unique; what `subscribe` takes. */
  readonly id: string;
  readonly region: Region;
  /** What people read above it. */
  readonly title: string;
  /**
   * `global`: the same in every conversation; subscribe once, without `conversationId`. `conversation`: subscribe per conversation. Absent:
   * treat it as `conversation`.
   *
   * @since 0.2.0
   */
  readonly scope?: 'global' | 'conversation';
}

/** All surfaces, in the order they would like to be shown. May be empty. */
export type SurfaceCatalog = readonly SurfaceCatalogEntry[];
