import {
  type JsonValue,
  type Surface,
  type SurfaceContext,
  type SurfaceHandle,
  SurfaceRefusal,
} from '@dispatch/extension-api';
import type { SurfaceCatalog, SurfaceCatalogEntry, SurfaceSpec } from '@dispatch/ui-contract';
import type { Clock } from '../ports.ts';
import { withinTime } from '../within-time.ts';
import { catalogEntry, specOf } from './check-surface.ts';
import { SurfaceFailure, surfaceFailed, unknownSurface } from './surface-failure.ts';

const SPEC_MS = 2_000;
const ACTION_MS = 30_000;
const LONGEST_REFUSAL = 1_000;
/** An action that takes longer holds back no change any more. */
const HELD_MS = 1_000;

/** Whose view of a surface changed; of all when nothing is named. */
export type ChangedOf = NonNullable<Parameters<SurfaceHandle['changed']>[0]>;

/** Who brings changes to those who watch. */
export interface SurfaceListener {
  /** A surface shows something else now. */
  changed(surface: Surface, of: ChangedOf): void;
  /** An action was carried out: one update is due. Resolves when it was sent, with its mark; undefined when nobody watches. */
  acted(surface: Surface, context: SurfaceContext): Promise<number | undefined>;
  /** There is no such surface any more. */
  removed(surfaceId: string): void;
}

export interface SurfaceRegistryParts {
  readonly clock: Clock;
  /** Something an extension added failed; `what` names it, for operators. */
  readonly onFailure: (extensionId: string, what: string, error: unknown) => void;
}

/** All surfaces of this kernel. */
export interface SurfaceRegistry {
  /** In the order they were added. A new value with each change. */
  readonly catalog: SurfaceCatalog;
  has(surfaceId: string): boolean;
  /** Throws in words for the extension's author when the id is taken or the surface is not what one must be. */
  add(surface: Surface, extensionId: string): SurfaceHandle;
  /** Takes away all surfaces of an extension. */
  removeOf(extensionId: string): void;
  /** Called behind each change of the catalog; the returned function ends that. */
  onCatalog(listener: (catalog: SurfaceCatalog) => void): () => void;
  /** Sends changes to this listener, the only one. */
  connect(listener: SurfaceListener): void;
  /** Undefined: there is no such surface. */
  find(surfaceId: string): Surface | undefined;
  /** Numbers states by the moment their making begins: larger with each call, over all surfaces. */
  nextMark(): number;
  /** A surface as it stands now. Rejects with `SurfaceFailure`: `unknown-surface` or `action-failed`. */
  spec(surfaceId: string, context: SurfaceContext): Promise<SurfaceSpec>;
  /**
   * Carries out an action and resolves with the mark of its update once that was sent; undefined when nobody watches. Rejects with `SurfaceFailure`:
   * `unknown-surface`, `unknown-action`, `action-refused`, `action-failed`, or `invalid-request` when it needs a conversation and has none.
   */
  invoke(
    surfaceId: string,
    actionId: string,
    payload: JsonValue | undefined,
    context: SurfaceContext,
  ): Promise<number | undefined>;
}

interface Entry {
  readonly surface: Surface;
  readonly extensionId: string;
  readonly row: SurfaceCatalogEntry;
}

/**
 * An action while it runs. Changes of the view it acts on are told when it is over, so that it makes one update and not two. Which of them it made itself is
 * not known: asking the platform who runs would make every promise of the process dearer.
 */
interface RunningAction {
  readonly entry: Entry;
  readonly focus: SurfaceContext;
  /** On the monotonic clock. */
  readonly since: number;
  readonly touched: ChangedOf[];
}

/** An empty registry. */
export function createSurfaceRegistry({ clock, onFailure }: SurfaceRegistryParts): SurfaceRegistry {
  const entries = new Map<string, Entry>();
  const catalogListeners = new Set<(catalog: SurfaceCatalog) => void>();
  const running = new Set<RunningAction>();
  let catalog: SurfaceCatalog = [];
  let listener: SurfaceListener | undefined;
  let mark = 0;

  function publishCatalog(): void {
    catalog = [...entries.values()].map(({ row }) => row);
    for (const tell of [...catalogListeners]) tell(catalog);
  }

  function changed(entry: Entry, of: ChangedOf): void {
    if (entries.get(entry.row.id) !== entry) return;
    const oldest = clock.mono() - HELD_MS;
    for (const action of running) {
      if (action.entry !== entry || action.since < oldest || !covers(of, action.focus)) continue;
      action.touched.push(of);
      return;
    }
    listener?.changed(entry.surface, of);
  }

  function known(surfaceId: string): Entry {
    const entry = entries.get(surfaceId);
    if (entry === undefined) throw unknownSurface();
    return entry;
  }

  return {
    get catalog() {
      return catalog;
    },
    has: (surfaceId) => entries.has(surfaceId),
    add(surface, extensionId) {
      const row = catalogEntry(surface);
      if (entries.has(row.id)) throw new Error(`surface "${row.id}" is already there`);
      const entry = { surface, extensionId, row };
      entries.set(row.id, entry);
      publishCatalog();
      return { changed: (of = {}) => changed(entry, of) };
    },
    removeOf(extensionId) {
      const mine = [...entries.values()].filter((entry) => entry.extensionId === extensionId);
      for (const { row } of mine) entries.delete(row.id);
      for (const { row } of mine) listener?.removed(row.id);
      if (mine.length > 0) publishCatalog();
    },
    onCatalog(tell) {
      catalogListeners.add(tell);
      return () => catalogListeners.delete(tell);
    },
    connect(to) {
      listener = to;
    },
    find: (surfaceId) => entries.get(surfaceId)?.surface,
    nextMark() {
      mark += 1;
      return mark;
    },
    async spec(surfaceId, context) {
      const { surface, extensionId, row } = known(surfaceId);
      const seenBy = { ...context, ...(surface.audience === 'everyone' && { userId: '' }) };
      try {
        const fields = await withinTime(clock, SPEC_MS, () => surface.getFields(scoped(surface, seenBy)));
        return specOf(row, fields);
      } catch (error) {
        onFailure(extensionId, `surface "${surfaceId}"`, error);
        throw surfaceFailed('say how it stands');
      }
    },
    async invoke(surfaceId, actionId, payload, context) {
      const entry = known(surfaceId);
      const { surface, extensionId } = entry;
      const focus = scoped(surface, context);
      if (surface.scope === 'conversation' && focus.conversationId === undefined) {
        throw new SurfaceFailure('invalid-request', 'this surface acts on a conversation; name one');
      }
      const action: RunningAction = { entry, focus, since: clock.mono(), touched: [] };
      running.add(action);
      try {
        if (surface.invoke === undefined) throw new SurfaceRefusal('it has no actions', 'unknown-action');
        await withinTime(clock, ACTION_MS, () => surface.invoke?.(actionId, payload, focus));
      } catch (error) {
        running.delete(action);
        // Half of it may be done; and what changed beside it is told in any case.
        for (const of of action.touched) changed(entry, of);
        const refused = refusalOf(error);
        if (refused !== undefined) throw refused;
        onFailure(extensionId, `action "${actionId}" of surface "${surfaceId}"`, error);
        throw surfaceFailed('carry out this action');
      }
      running.delete(action);
      const sent = listener?.acted(surface, focus);
      for (const of of action.touched) changed(entry, of);
      return sent;
    },
  };
}

/** Whether a change is one of this view, among others maybe. */
function covers(of: ChangedOf, { conversationId, userId }: SurfaceContext): boolean {
  const isHere = of.conversationId === undefined || of.conversationId === conversationId;
  return isHere && (of.userId === undefined || of.userId === userId);
}

/** What a surface is told of who looks: a global one is the same in every conversation. */
function scoped(surface: Surface, { userId, conversationId }: SurfaceContext): SurfaceContext {
  if (surface.scope === 'global' || conversationId === undefined) return { userId };
  return { userId, conversationId };
}

/** What an action says on purpose. An extension may bring a copy of the class of its own. */
function refusalOf(error: unknown): SurfaceFailure | undefined {
  if (!(error instanceof Error) || error.name !== 'SurfaceRefusal') return undefined;
  const isUnknown = 'code' in error && error.code === 'unknown-action';
  // One line, whatever somebody named an action.
  const line = String(error.message)
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .slice(0, LONGEST_REFUSAL);
  const message = line.trim() === '' ? 'this cannot be done' : line;
  return new SurfaceFailure(isUnknown ? 'unknown-action' : 'action-refused', message);
}
