import {
  type LinkRevokedFrame,
  type LinkWelcomeFrame,
  readLinkSecret,
  type Secret,
  socketPaths,
} from '@dispatch/link';
import type { SurfaceCatalog } from '@dispatch/ui-contract';
import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import type { Ids } from '../ids.ts';
import { UserSessions } from '../user/user-sessions.ts';
import { KernelLink } from './kernel-link.ts';
import { KernelRpc } from './kernel-rpc.ts';
import { type Presence, type PresenceReader, PresenceTable } from './presence-table.ts';
import { type RestoreSteps, type Watch, type WatchRequest, WatchTable } from './watch-table.ts';

/** A link whose watches are not live again this long after the kernel was told of the last is made anew. */
const RESTORE_MS = 10_000;

export type KernelState = 'up' | 'down';

/** What the rest of the gateway knows of the kernel: whether it is there, what it said, what to ask and watch. */
export class Kernel {
  readonly rpc: KernelRpc;
  /** What every user learns. */
  readonly users: UserSessions;
  readonly #link: KernelLink;
  readonly #watches: WatchTable;
  readonly #presence: PresenceTable;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #listeners = new Set<(state: KernelState) => void>();
  #state: KernelState = 'down';
  #welcome: LinkWelcomeFrame | undefined;
  #catalog: SurfaceCatalog = [];
  readonly #catalogListeners = new Set<() => void>();
  readonly #revokedListeners = new Set<(frame: LinkRevokedFrame) => void>();
  #cancelRestore: () => void = () => undefined;

  constructor(options: { dataDirectory: string; clock: Clock; ids: Ids; log: Logger }) {
    const { dataDirectory, clock, ids, log } = options;
    const paths = socketPaths(dataDirectory);
    this.#clock = clock;
    this.#log = log;
    this.#link = new KernelLink({
      path: paths.events,
      readSecret: () => readLinkSecret(dataDirectory),
      gatewayId: ids.mint('gwy'),
      clock,
      ids,
      log,
      onWelcome: (frame) => this.#welcomed(frame),
      onFrame: (frame) => {
        if ('to' in frame) this.users.receive(frame);
        else if ('users' in frame) this.#presence.receive(frame);
        else if (!('type' in frame)) this.#watches.receive(frame);
        else if (frame.type === 'catalog') this.#listed(frame.catalog);
        else if (frame.type === 'user-at') this.users.standAt(frame);
        else if (frame.type === 'revoked') for (const listener of this.#revokedListeners) listener(frame);
        else this.#watches.receive(frame);
      },
      onDown: () => this.#lost(),
    });
    this.#watches = new WatchTable({ ids, log, link: this.#link });
    this.users = new UserSessions({ clock, link: this.#link });
    this.#presence = new PresenceTable({ ids, link: this.#link });
    this.rpc = new KernelRpc({ path: paths.rpc, link: this, clock, log });
  }

  /** `up`: the link stands, every watch is live, and every user has been given what was missed. */
  get state(): KernelState {
    return this.#state;
  }

  /** What the kernel said last, also while it is down; undefined until it was reached once. */
  get welcome(): LinkWelcomeFrame | undefined {
    return this.#welcome;
  }

  /** The newest the kernel told, also while it is down. */
  get catalog(): SurfaceCatalog {
    return this.#catalog;
  }

  /** The secret of this link, which proves requests on rpc.sock too. */
  get secret(): Secret | undefined {
    return this.#link.secret;
  }

  /** The kernel is behind with reading what it is told; watches still can be made, but who can wait should. */
  get isFull(): boolean {
    return this.#link.isFull;
  }

  /** Resolves when the kernel has caught up, or is gone. */
  drained(): Promise<void> {
    return this.#link.drained();
  }

  start(): void {
    this.#link.start();
  }

  stop(): void {
    this.#cancelRestore();
    this.users.stop();
    this.#link.stop();
    this.rpc.stop();
  }

  watch(request: WatchRequest): Watch {
    return this.#watches.watch(request);
  }

  /** A client of this user is connected, and is told who else is. */
  open(userId: string, reader: PresenceReader): Presence {
    return this.#presence.open(userId, reader);
  }

  /** Called on each change; the returned function ends that. */
  onState(listener: (state: KernelState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Called when the catalog is another one than before; the returned function ends that. */
  onCatalog(listener: () => void): () => void {
    this.#catalogListeners.add(listener);
    return () => this.#catalogListeners.delete(listener);
  }

  /** Called when the kernel says that sessions, tokens or people are over; the returned function ends that. */
  onRevoked(listener: (frame: LinkRevokedFrame) => void): () => void {
    this.#revokedListeners.add(listener);
    return () => this.#revokedListeners.delete(listener);
  }

  /** True as soon as the kernel is up; false when that takes longer than `ms`. */
  whenUp(ms: number): Promise<boolean> {
    if (this.#state === 'up') return Promise.resolve(true);
    return new Promise((resolve) => {
      const finish = (isUp: boolean): void => {
        cancel();
        stopListening();
        resolve(isUp);
      };
      const cancel = this.#clock.after(Math.max(0, ms), () => finish(false));
      const stopListening = this.onState((state) => state === 'up' && finish(true));
    });
  }

  #listed(catalog: SurfaceCatalog): void {
    if (JSON.stringify(catalog) === JSON.stringify(this.#catalog)) return;
    this.#catalog = catalog;
    for (const listener of [...this.#catalogListeners]) listener();
  }

  #welcomed(frame: LinkWelcomeFrame): void {
    this.#welcome = frame;
    this.#listed(frame.catalog);
    void this.#presence.restore();
    let untold = 2;
    let unrestored = 2;
    const steps: RestoreSteps = {
      onTold: () => {
        untold -= 1;
        if (untold > 0 || this.#state === 'up') return;
        this.#cancelRestore = this.#clock.after(RESTORE_MS, () =>
          this.#link.drop('watches were not restored'),
        );
      },
      onRestored: () => {
        unrestored -= 1;
        if (unrestored > 0) return;
        this.#cancelRestore();
        this.#turn('up');
      },
    };
    this.#watches.restore(steps);
    this.users.restore(frame.epoch, steps);
  }

  #lost(): void {
    this.#cancelRestore();
    this.#watches.suspend();
    this.users.suspend();
    this.#presence.suspend();
    this.#turn('down');
  }

  #turn(state: KernelState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#log.info({ kernel: state }, 'the kernel changed its state');
    for (const listener of [...this.#listeners]) listener(state);
  }
}
