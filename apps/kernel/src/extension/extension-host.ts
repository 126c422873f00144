import {
  type Conversations,
  EXTENSION_API_VERSION,
  type ExtensionFacts,
  HostError,
  type MessageQueues,
  type ModelCalls,
  type ModelProvider,
  type Tool,
} from '@dispatch/extension-api';
import type { Clock, Log, Tools } from '../ports.ts';
import { StoreReadOnlyError } from '../storage/store-damage.ts';
import { StoreFullError } from '../storage/store-full-error.ts';
import { StoreBusyError } from '../storage/while-busy.ts';
import { withinTime } from '../within-time.ts';
import { blamedRoot } from './blame.ts';
import { type Candidate, type DisabledExtension, inOrder } from './candidates.ts';
import { configOf } from './extension-config.ts';
import type { ExtensionStore } from './extension-store.ts';
import { extensionTools } from './extension-tools.ts';
import { createFailureCounter, type Failure, failureText } from './failure-counter.ts';
import { createFilterBus, type FilterBus } from './filter-bus.ts';
import { createHookBus, type HookBus } from './hook-bus.ts';
import type { CheckedManifest } from './manifest-check.ts';
import { createPlaces, type PlacesParts } from './places.ts';
import { type RunningExtension, runExtension } from './running-extension.ts';
import { createTimerRunner } from './timer-runner.ts';

/** How long all extensions together may take to end. */
const END_MS = 3_000;
/** How long a start waits until it is stored where each extension stands. */
const BEGIN_MS = 1_000;
/** How long failures of extensions are gathered before whoever lists them is told. */
const FACTS_MS = 1_000;

export interface ExtensionHostParts extends PlacesParts {
  readonly store: ExtensionStore;
  readonly conversations: Conversations;
  readonly models: ModelCalls;
  readonly queues: MessageQueues;
  readonly clock: Clock;
  readonly log: Log;
  /** What the operator configured, by extension id. Absent: nothing. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Ids the operator switched off. Absent: none. */
  readonly switchedOff?: readonly string[];
  /** Absent: that of the installed `@dispatch/extension-api`. */
  readonly apiVersion?: string;
  /** Told of each extension that does not run, or no longer. Absent: nobody wants to know. */
  readonly onDisabled?: (extensionId: string) => void;
  /** Given, before anything is activated, what to do with an exception nobody caught. Absent: nobody asks. */
  readonly onBlame?: (blame: Blame) => void;
}

/**
 * Disables the extension whose own code threw an exception nobody caught. False: it came from somewhere else. What is no error has no place it came from; the
 * kernel throws no such thing, so where there are local extensions it is one of theirs.
 */
export type Blame = (error: unknown) => boolean;

/** Everything the extensions of this kernel provide, as it is now: one that is disabled later is gone from all of it. */
export interface Extensions {
  /** By provider id. */
  readonly providers: ReadonlyMap<string, ModelProvider>;
  readonly tools: Tools;
  readonly hooks: HookBus;
  readonly filters: FilterBus;
  facts(): readonly ExtensionFacts[];
  /** Something an extension added failed where only the kernel saw it. */
  report(extensionId: string, what: string, error: unknown): void;
  /** Begins with domain events and timers; what was left from before comes first. */
  start(): Promise<void>;
  /** Ends deliveries and timers, then deactivates in reverse order. */
  stop(): Promise<void>;
}

/**
 * Activates extensions, each behind those it depends on. One that is broken, incompatible, slow or switched off is disabled with a reason, and so is whoever
 * depends on it; everything else boots. The same happens to one that keeps failing later.
 */
export async function activateExtensions(
  candidates: readonly Candidate[],
  parts: ExtensionHostParts,
): Promise<Extensions> {
  const { clock, log, store, apiVersion = EXTENSION_API_VERSION } = parts;
  const providers = new Map<string, ModelProvider>();
  const tools = new Map<string, Tool>();
  const failures = createFailureCounter();
  const lastErrors = new Map<string, string>();
  const running: RunningExtension[] = [];
  const roots = new Map<string, string>();
  /** Why those that threw while they were being activated are disabled right behind it. */
  const doomed = new Map<string, string>();
  const disabled: DisabledExtension[] = [];
  const hooks = createHookBus(report);
  const filters = createFilterBus(clock, report);
  const timers = createTimerRunner(store, clock);
  const places = createPlaces({ ...parts, providers, tools, hooks, filters, timers });
  let stopWaking = () => {};
  let isTelling = false;

  function disable(
    manifest: Pick<CheckedManifest, 'id' | 'name' | 'version' | 'trust'>,
    reason: string,
  ): void {
    const { id, name, version, trust } = manifest;
    log.warn({ extension: id, reason }, 'an extension is disabled');
    disabled.push({ id, name, version, trust, reason });
    parts.onDisabled?.(id);
  }

  /** Whoever depends on it goes first, as at the end of the kernel. */
  function disableRunning(extension: RunningExtension, reason: string): void {
    const { manifest } = extension;
    const at = running.indexOf(extension);
    if (at < 0) return;
    running.splice(at, 1);
    for (const other of running.filter(({ manifest: { dependsOn } }) => dependsOn.includes(manifest.id))) {
      disableRunning(other, `it depends on "${manifest.id}", which is disabled`);
    }
    places.removeOf(manifest.id);
    failures.forget(manifest.id);
    disable(manifest, reason);
    void extension.end();
    tellFacts();
  }

  function report(extensionId: string, what: string, error: unknown): void {
    log.warn({ extension: extensionId, err: error }, `${what} failed`);
    const before = lastErrors.get(extensionId);
    lastErrors.set(extensionId, failureText(what, error));
    if (lastErrors.get(extensionId) !== before) tellFactsSoon();
  }

  /** Failures of durable work are counted; what the store or our own end caused is nobody's failure. */
  function failed(extensionId: string, { source, what, error }: Failure): boolean {
    if (isOurs(error)) return false;
    report(extensionId, what, error);
    if (!failures.failed(extensionId, source)) return false;
    const extension = running.find(({ manifest }) => manifest.id === extensionId);
    if (extension !== undefined) disableRunning(extension, `it kept failing; ${failureText(what, error)}`);
    return true;
  }

  function blame(error: unknown): boolean {
    const id = roots.get(blamedRoot(error, [...roots.keys()]) ?? '');
    if (id === undefined && !(error instanceof Error) && roots.size > 0) {
      log.error(
        { err: error },
        'an extension threw something that is no error where nobody caught it; which one cannot be told',
      );
      return true;
    }
    if (id === undefined) return false;
    log.error({ extension: id, err: error }, 'an extension threw where nobody caught it');
    const reason = failureText('it threw where nobody caught it', error);
    const extension = running.find(({ manifest }) => manifest.id === id);
    // One that is disabled already may have left something behind that still throws.
    if (extension === undefined) doomed.set(id, reason);
    else disableRunning(extension, reason);
    return true;
  }
  parts.onBlame?.(blame);

  function facts(): readonly ExtensionFacts[] {
    return [
      ...running.map(({ manifest }) => factsOf(manifest, lastErrors.get(manifest.id))),
      ...disabled.map(({ reason, ...rest }) => ({
        ...rest,
        activation: 'eager',
        capabilities: [],
        disabled: reason,
      })),
    ];
  }

  /** Failures may come by the hundred; who looks at them needs one word a second. */
  function tellFactsSoon(): void {
    if (isTelling) return;
    isTelling = true;
    clock.after(FACTS_MS, () => {
      isTelling = false;
      tellFacts();
    });
  }

  function tellFacts(): void {
    for (const extension of running) extension.tellFacts();
  }

  for (const { manifest, extension, root } of inOrder(candidates, { ...parts, apiVersion }, disable)) {
    if (root !== undefined) roots.set(root, manifest.id);
    const missing = manifest.dependsOn.find((id) => !running.some((other) => other.manifest.id === id));
    try {
      if (missing !== undefined) throw new Error(`it depends on "${missing}", which is disabled`);
      const config = configOf(manifest, parts.settings?.[manifest.id]);
      running.push(
        await runExtension(extension, manifest, {
          ...parts,
          config,
          places,
          timers,
          hooks,
          filters,
          facts,
          failed,
          succeeded: failures.succeeded,
        }),
      );
      const reason = doomed.get(manifest.id);
      const last = running.at(-1);
      if (reason !== undefined && last !== undefined) disableRunning(last, reason);
    } catch (error) {
      disable(manifest, error instanceof Error ? error.message : String(error));
    }
  }

  return {
    providers,
    tools: extensionTools(tools, filters),
    hooks,
    filters,
    facts,
    report,
    async start() {
      tellFacts();
      const owners = running.flatMap(({ timerOwner }) => (timerOwner === undefined ? [] : [timerOwner]));
      await timers
        .start(owners)
        .catch((error: unknown) =>
          log.error({ err: error }, 'the timers of extensions cannot be read; none of them fires'),
        );
      stopWaking = store.onDomainEvents(() => {
        // Behind the frames of the commit, which are published as soon as it is over.
        clock.after(0, () => {
          for (const extension of running) extension.wake();
        });
      });
      const begun = Promise.all([...running].map((extension) => extension.startDelivery()));
      // A store that takes no writes now must not keep the kernel from serving what can be read.
      await withinTime(clock, BEGIN_MS, () => begun).catch((error: unknown) =>
        log.warn({ err: error }, 'extensions will hear of what happens once the store takes writes'),
      );
    },
    async stop() {
      stopWaking();
      await Promise.all([timers.stop(), ...running.map((extension) => extension.stopDelivery())]);
      const ended = (async () => {
        for (const extension of [...running].reverse()) await extension.end();
      })();
      await withinTime(clock, END_MS, () => ended).catch(() =>
        log.warn({}, 'extensions that do not end are left behind'),
      );
    },
  };
}

/** What the store, or the end of the kernel, did to an extension. */
function isOurs(error: unknown): boolean {
  if (error instanceof HostError) return error.code !== 'invalid' && error.code !== 'missing-capability';
  return (
    error instanceof StoreFullError || error instanceof StoreBusyError || error instanceof StoreReadOnlyError
  );
}

function factsOf(manifest: CheckedManifest, lastError: string | undefined): ExtensionFacts {
  const { id, name, version, trust, capabilities } = manifest;
  const granted = Object.entries(capabilities).flatMap(([capability, has]) => (has ? [capability] : []));
  const facts = { id, name, version, trust, activation: 'eager', capabilities: granted };
  return lastError === undefined ? facts : { ...facts, lastError };
}
