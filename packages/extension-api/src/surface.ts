import type { SurfaceField } from '@dispatch/ui-contract';
import type { JsonValue } from './json.ts';

/** Who looks at, or acts on, a surface. */
export interface SurfaceContext {
  readonly userId: string;
  /** The conversation in focus. Absent: none is, or the surface is global. It may be one nobody has written to yet. */
  readonly conversationId?: string;
}

/** Something an extension shows, declared as data and actions; a frontend renders it. */
export interface Surface {
  /** Stable, unique, kebab-case. */
  readonly id: string;
  /** What people read above it. */
  readonly title: string;
  /** Where it would like to be shown, for example `side`. */
  readonly region: string;
  /** `global`: the same in every conversation. `conversation`: it shows the one in focus. */
  readonly scope: 'global' | 'conversation';
  /**
   * Who sees the same: `everyone`, whoever may see the `conversation`, or each `user` something of their own. A change is computed once per audience,
   * not once per reader.
   */
  readonly audience: 'everyone' | 'conversation' | 'user';
  /** Its rows as they stand now. Called on subscription and behind each change; 2 s at most. For `audience: everyone` the `userId` is empty. */
  getFields(context: SurfaceContext): readonly SurfaceField[] | Promise<readonly SurfaceField[]>;
  /**
   * Carries out an action; 30 s at most. Behind it the host sends one update, whether or not {@link SurfaceHandle.changed} was called. Throw
   * {@link SurfaceRefusal} for what cannot be done; any other exception is told as a failure without its words. Absent: it has no actions.
   */
  invoke?(actionId: string, payload: JsonValue | undefined, context: SurfaceContext): void | Promise<void>;
}

/** Tells the host that a surface shows something else now. */
export interface SurfaceHandle {
  /**
   * Sends an update to whoever is subscribed: of one conversation, of one user, or of all when neither is named. Changes of one moment are one update.
   */
  changed(of?: { readonly conversationId?: string; readonly userId?: string }): void;
}

/** An action that is not carried out, in words for the person who asked for it. Nothing changed; the surface is sent to them as it stands. */
export class SurfaceRefusal extends Error {
  /** `unknown-action` for an action the surface does not have, `action-refused` for anything else. */
  readonly code: 'action-refused' | 'unknown-action';

  constructor(message: string, code: 'action-refused' | 'unknown-action' = 'action-refused') {
    super(message);
    this.name = 'SurfaceRefusal';
    this.code = code;
  }
}
