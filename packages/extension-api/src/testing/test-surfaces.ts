import type { SurfaceSpec } from '@dispatch/ui-contract';
import type { JsonValue } from '../json.ts';
import { type Surface, type SurfaceContext, type SurfaceHandle, SurfaceRefusal } from '../surface.ts';
import { jsonCopy } from './json-copy.ts';

/** Somebody who looks at a surface. */
export interface TestSubscription {
  readonly context: SurfaceContext;
  /** What the surface was on subscription. */
  readonly first: SurfaceSpec;
  /** What came since, oldest first, and the time of day it came at. */
  readonly updates: readonly { readonly at: number; readonly spec: SurfaceSpec }[];
  /** The last of all. */
  latest(): SurfaceSpec;
  end(): void;
}

/** What came of an action. */
export type InvokeOutcome =
  | { readonly kind: 'accepted' }
  | {
      readonly kind: 'refused';
      readonly code: SurfaceRefusal['code'];
      readonly message: string;
      /** The surface as it stands, as the one who asked gets it. */
      readonly spec: SurfaceSpec;
    }
  | { readonly kind: 'failed'; readonly error: unknown };

interface Reader {
  readonly surface: Surface;
  readonly context: SurfaceContext;
  readonly updates: { at: number; spec: SurfaceSpec }[];
  dirty: boolean;
  /** Actions under way that will be followed by an update anyway. */
  held: number;
}

/** The surfaces of an activation and those who look at them. A reader outlives a restart of the extension. */
export class TestSurfaces {
  readonly #surfaces = new Map<string, Surface>();
  readonly #readers = new Set<Reader>();
  readonly #now: () => number;
  readonly #failed: (error: unknown) => void;
  #pumping = false;

  constructor(now: () => number, failed: (error: unknown) => void) {
    this.#now = now;
    this.#failed = failed;
  }

  add(surface: Surface): SurfaceHandle {
    this.#surfaces.set(surface.id, surface);
    return { changed: (of = {}) => this.#mark(surface.id, of) };
  }

  /** The process ended: nothing shows a surface until it is added again. */
  restart(): void {
    this.#surfaces.clear();
  }

  catalog(): readonly Pick<Surface, 'id' | 'title' | 'region' | 'scope' | 'audience'>[] {
    return [...this.#surfaces.values()].map(({ id, title, region, scope, audience }) => {
      return { id, title, region, scope, audience };
    });
  }

  async show(id: string, context: Partial<SurfaceContext> = {}): Promise<SurfaceSpec> {
    const surface = this.#surface(id);
    return this.#spec(surface, asSeen(surface, context));
  }

  async subscribe(id: string, context: Partial<SurfaceContext> = {}): Promise<TestSubscription> {
    const surface = this.#surface(id);
    const seen = asSeen(surface, context);
    const first = await this.#spec(surface, seen);
    const reader: Reader = { surface, context: seen, updates: [], dirty: false, held: 0 };
    this.#readers.add(reader);
    return {
      context: seen,
      first,
      updates: reader.updates,
      latest: () => reader.updates.at(-1)?.spec ?? first,
      end: () => void this.#readers.delete(reader),
    };
  }

  async invoke(
    id: string,
    actionId: string,
    payload: JsonValue | undefined,
    context: Partial<SurfaceContext>,
  ): Promise<InvokeOutcome> {
    const surface = this.#surface(id);
    const acting = asSeen(surface, context, true);
    const readers = [...this.#readers].filter((reader) => reads(reader, id, acting.conversationId));
    for (const reader of readers) reader.held += 1;
    try {
      if (surface.invoke === undefined) throw new SurfaceRefusal('It has no actions.', 'unknown-action');
      await surface.invoke(actionId, payload === undefined ? undefined : jsonCopy(payload, actionId), acting);
      for (const reader of readers) reader.dirty = true;
      return { kind: 'accepted' };
    } catch (error) {
      if (!(error instanceof SurfaceRefusal)) return { kind: 'failed', error };
      const spec = await this.#spec(surface, acting);
      return { kind: 'refused', code: error.code, message: error.message, spec };
    } finally {
      for (const reader of readers) reader.held -= 1;
      void this.#pump();
    }
  }

  #surface(id: string): Surface {
    const surface = this.#surfaces.get(id);
    if (surface === undefined) throw new Error(`There is no surface "${id}".`);
    return surface;
  }

  #mark(id: string, of: { readonly conversationId?: string; readonly userId?: string }): void {
    for (const reader of this.#readers) {
      const meant = reads(reader, id, of.conversationId);
      if (meant && (of.userId === undefined || of.userId === reader.context.userId)) reader.dirty = true;
    }
    void this.#pump();
  }

  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    await Promise.resolve();
    for (;;) {
      const first = [...this.#readers].find((reader) => reader.dirty && reader.held === 0);
      if (first === undefined) break;
      const surface = this.#surfaces.get(first.surface.id);
      const key = JSON.stringify(first.context);
      const same = [...this.#readers].filter(
        (reader) =>
          reader.dirty && reader.surface.id === first.surface.id && JSON.stringify(reader.context) === key,
      );
      for (const reader of same) reader.dirty = false;
      if (surface === undefined) continue;
      try {
        const spec = await this.#spec(surface, first.context);
        for (const reader of same) reader.updates.push({ at: this.#now(), spec });
      } catch (error) {
        this.#failed(error);
      }
    }
    this.#pumping = false;
  }

  async #spec(surface: Surface, context: SurfaceContext): Promise<SurfaceSpec> {
    const { id, region, title } = surface;
    const fields = jsonCopy(await surface.getFields(context), `a field of "${id}"`);
    return { id, region, title, fields };
  }
}

const reads = (reader: Reader, id: string, conversationId: string | undefined) =>
  reader.surface.id === id &&
  (conversationId === undefined || reader.context.conversationId === conversationId);

/** What the host tells a surface of who looks: no more than its scope and audience need. An action always has a user. */
function asSeen(surface: Surface, context: Partial<SurfaceContext>, acting = false): SurfaceContext {
  const user = context.userId ?? 'user';
  const userId = !acting && surface.audience === 'everyone' ? '' : user;
  if (surface.scope === 'global' || context.conversationId === undefined) return { userId };
  return { userId, conversationId: context.conversationId };
}
