import { type Extension, QUEUE_CHANGED, TURN_STARTED } from '@dispatch/extension-api';
import {
  ensurePrivateDirectory,
  Secret,
  type SocketPaths,
  socketPaths,
  writeLinkSecret,
} from '@dispatch/link';
import { createApprovals } from './approval/approvals.ts';
import { bundledExtensions, DEMO_CREDENTIAL } from './compose.ts';
import type { KernelConfig } from './config.ts';
import { crashPoint } from './crash-point.ts';
import type { Blame, Extensions } from './extension/extension-host.ts';
import { createExtensionRoutes } from './extension/extension-routes.ts';
import { lateModelCalls } from './extension/late-model-calls.ts';
import { lateQueues } from './extension/late-queues.ts';
import { startExtensions } from './extension/start-extensions.ts';
import { createFanout } from './fanout/fanout.ts';
import { startAuditCheck } from './identity/audit-check.ts';
import { ensureFirstPeople } from './identity/first-people.ts';
import { createIdentity } from './identity/identity.ts';
import { createEventsServer } from './link/events-server.ts';
import { createRpcServer } from './link/rpc-server.ts';
import { createKernelMetrics } from './metrics/kernel-metrics.ts';
import { measuredPublisher } from './metrics/measured-publisher.ts';
import { measuredStore } from './metrics/measured-store.ts';
import { createModelCatalogue } from './model/model-catalogue.ts';
import { createPolicy } from './policy/policy.ts';
import type { Clock, Ids, Log, Store } from './ports.ts';
import { openPresence } from './presence/presence-registry.ts';
import { createMessageQueue } from './queue/message-queue.ts';
import { startRetention } from './retention.ts';
import { checkAfterCrash } from './storage/check-after-crash.ts';
import { lockDataDirectory } from './storage/data-lock.ts';
import { guardedStore } from './storage/guarded-store.ts';
import { type OpenedStore, openStore } from './storage/open-store.ts';
import { keepRoom } from './storage/room.ts';
import { createStoreDamage, type StoreDamage } from './storage/store-damage.ts';
import { createSurfaceRegistry } from './surface/surface-registry.ts';
import { recoverTurns } from './turn/recover-turns.ts';
import type { AdmittedTurn } from './turn/running-turn.ts';
import { STORE_READ_ONLY_FAILURE } from './turn/turn-ending.ts';
import { createTurns } from './turn/turns.ts';
import { createWarmCalls } from './turn/warm-calls.ts';

/** How long running turns may go on after the kernel was asked to end. */
export const DRAIN_MS = 10_000;

/** Room kept on the disk so that running turns can be sealed when it is full. */
const RESERVE_BYTES = 16 * 1024 * 1024;

/** What the kernel takes from outside. */
export interface KernelAdapters {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Called at once when the disk refused to flush. Must end the process, without a word to anybody who waits for an answer. */
  readonly onStoreFailed: (failure: Error) => void;
  /** Given, while the kernel starts, what to do with an exception nobody caught. Absent: nobody asks. */
  readonly onBlame?: (blame: Blame) => void;
  /** Absent: the bundled ones. */
  readonly extensions?: readonly Extension[];
  /** Size of the reserve. Absent: 16 MiB. */
  readonly reserveBytes?: number;
}

/** A kernel that serves. */
export interface Kernel {
  /** New with every start. */
  readonly bootId: string;
  readonly epoch: string;
  readonly sockets: SocketPaths;
  /**
   * Starts no more turns, lets running ones go on for up to `drainMs`, seals the rest as interrupted and closes everything.
   * Calling it again with less time shortens the wait.
   */
  stop(drainMs?: number): Promise<void>;
}

/**
 * Starts a kernel over a data directory: lock, store, recovery, and only then the sockets, so that nobody sees a turn of an earlier
 * start as running. Throws when another kernel holds the directory or the store cannot be opened.
 */
export async function startKernel(config: KernelConfig, adapters: KernelAdapters): Promise<Kernel> {
  const sockets = socketPaths(config.dataDirectory);
  const { dataDirectory: dataDir } = config;
  const lock = lockDataDirectory(dataDir);
  const { clock, ids, log, onStoreFailed: onFailed, reserveBytes: bytes = RESERVE_BYTES } = adapters;
  const room = keepRoom({ dataDir, bytes, clock, ids, log });
  let store: OpenedStore | undefined;
  try {
    const damage = createStoreDamage(log, dataDir);
    const { report: onDamage, reportRow: onDamagedRow } = damage;
    store = await openStore({ dataDir, clock, ids, room, onFailed, onDamage, onDamagedRow });
    const opened = store;
    // Behind the opening, which may have to spend it.
    await room.regain();
    const serving = await serve(config, adapters, guardedStore(opened, damage), damage, sockets);
    const check = checkAfterCrash(opened, damage, dataDir, adapters);
    return {
      ...serving,
      async stop(drainMs) {
        await serving.stop(drainMs);
        await check.stop();
        await opened.close(check.passed && !damage.found);
        lock.release();
      },
    };
  } catch (error) {
    room.close();
    await store?.close(false);
    lock.release();
    throw error;
  }
}

async function serve(
  config: KernelConfig,
  adapters: KernelAdapters,
  unmeasured: Store,
  damage: StoreDamage,
  sockets: SocketPaths,
): Promise<Kernel> {
  const { clock, ids, log, onBlame, extensions: bundled = bundledExtensions() } = adapters;
  const metrics = createKernelMetrics();
  const store = measuredStore(unmeasured, metrics, clock);
  const bootId = ids.random(16);
  const secret = new Secret(ids.random(32));
  let extensions: Extensions | undefined;
  const onExtensionFailure: Extensions['report'] = (id, what, error) => extensions?.report(id, what, error);
  const surfaces = createSurfaceRegistry({ clock, onFailure: onExtensionFailure });
  const fanout = createFanout({ read: store.read, surfaces, log });
  store.onUserEvents(fanout.publishToUsers);
  await ensureFirstPeople(store, { clock, log });
  const onSignedOut = fanout.revoked;
  const { dataDirectory, oidcOwner } = config;
  const owner = oidcOwner === undefined ? {} : { oidcOwner };
  const identity = await createIdentity({ store, dataDirectory, ...owner, clock, ids, log, onSignedOut });
  const policy = createPolicy(identity);
  const { trail } = identity;
  const routes = createExtensionRoutes();
  const calls = lateModelCalls();
  const queues = lateQueues();
  extensions = await startExtensions({
    bundled,
    settings: config.extensions,
    store,
    surfaces,
    routes,
    models: calls,
    queues,
    clock,
    log,
    onDisabled: (id) => trail.note({ actor: 'kernel', action: 'extension.disabled', target: id, detail: {} }),
    ...(onBlame === undefined ? {} : { onBlame }),
  });
  const { providers, tools, hooks } = extensions;
  const models = createModelCatalogue({
    providers,
    credentials: [...(config.demo ? [DEMO_CREDENTIAL] : []), ...config.credentials],
    defaultModel: config.defaultModel,
    fallbackModels: config.fallbackModels,
    clock,
    log,
  });
  for (const name of [config.defaultModel, ...config.fallbackModels]) {
    if (models.resolve(name) === undefined) log.warn({ model: name }, 'no credential provides this model');
  }
  // One workspace, of which everybody is a member.
  const coMembers = async (_userId: string, known: readonly string[]) => known;
  const presence = await openPresence({ store, coMembers, clock, log });
  const limits = config.turnLimits;
  const onStarted = ({ conversationId, turnId, startedBy, models: [model], cwd }: AdmittedTurn): void => {
    metrics.turnStarted();
    hooks.emit(TURN_STARTED, { conversationId, turnId, startedBy, model, cwd });
  };
  const onQueueChanged = (conversationId: string) => hooks.emit(QUEUE_CHANGED, { conversationId });
  const publisher = measuredPublisher(fanout, metrics);
  const approvals = createApprovals({ store, clock, ids, log });
  const turns = createTurns({
    store,
    models,
    tools,
    gate: approvals,
    publisher,
    onStarted,
    onQueueChanged,
    clock,
    ids,
    log,
    limits,
  });
  const queue = createMessageQueue({ store, turns, clock, ids, onChanged: onQueueChanged });
  queues.begin(queue);
  let draining = false;
  const isDraining = () => draining;
  const warmCalls = createWarmCalls({ read: store.read, models, tools, clock, log, isDraining });
  calls.begin(warmCalls);

  damage.whenFound(() => turns.fail(STORE_READ_ONLY_FAILURE));

  const recovery = new AbortController();
  await recoverTurns({ store, clock, log, resume: turns.resume, giveUp: recovery.signal });
  crashPoint('after-recover');
  await extensions.start();
  const running = extensions.facts().flatMap(({ id, disabled }) => (disabled === undefined ? [id] : []));
  trail.note({ actor: 'kernel', action: 'kernel.started', target: null, detail: { extensions: running } });

  const rpc = createRpcServer({
    store,
    identity,
    policy,
    turns,
    queue,
    approvals,
    models,
    surfaces,
    presence,
    metrics,
    extensionRoutes: routes,
    giveUp: warmCalls.giveUp,
    onExtensionFailure,
    isDraining,
    clock,
    ids,
    log,
    secret,
  });
  const { epoch } = store;
  const events = createEventsServer({
    fanout,
    presence,
    policy,
    clock,
    log,
    secret,
    bootId,
    epoch,
    surfaces,
  });
  metrics.observe({
    turnsRunning: () => turns.runningCount,
    links: () => events.linkCount,
    usersOnline: () => presence.onlineCount,
    isStoreDamaged: () => damage.found,
  });
  if (sockets.apart) ensurePrivateDirectory(sockets.directory);
  writeLinkSecret(config.dataDirectory, secret.reveal());
  crashPoint('before-listen');
  // A gateway takes the kernel for reachable once its link stands, so rpc.sock comes first.
  await rpc.listen(sockets.rpc);
  await events.listen(sockets.events);
  // Whatever a start writes of its own is written when it serves.
  await trail.settled();
  presence.begin();
  const stopRetention = startRetention({ store, clock, log });
  const stopAuditCheck = startAuditCheck({ store, trail, clock, log });

  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    stopRetention();
    stopAuditCheck();
    recovery.abort();
    // Links that end now say nothing of anybody.
    presence.stop();
    metrics.stop();
    // Links end after the last frames of the turns, and requests that run get their answers.
    await Promise.all([events.close(), rpc.close()]);
    await trail.settled();
  };
  return {
    bootId,
    epoch,
    sockets,
    async stop(drainMs = DRAIN_MS) {
      draining = true;
      crashPoint('before-drain');
      warmCalls.stop();
      await turns.drain(drainMs);
      await extensions.stop();
      closed ??= close();
      await closed;
    },
  };
}
