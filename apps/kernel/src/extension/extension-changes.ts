import { type ExtensionCommit, HostError } from '@dispatch/extension-api';
import type { Clock } from '../ports.ts';
import type { ExtensionChange } from './extension-store.ts';
import { copyJson, isJsonObject } from './json-copy.ts';

const MOST_PARTS = 1_000;
/** A store does not give half a character back as it came. */
const KEY = /^[^\p{Cc}\p{Cs}]{1,512}$/u;
/** Times further away than this are no times any more. */
const LATEST_MS = 8_640_000_000_000_000;

/** A change of the store with how long each timer it sets has to wait on the monotonic clock. */
export interface CheckedChange {
  readonly change: ExtensionChange;
  readonly waits: ReadonlyMap<string, number>;
}

/** Makes a change of what an extension wants committed. Throws `HostError` (`invalid`) with what is wrong with it. `events`: names its manifest lists. */
export function checkCommit(
  extensionId: string,
  commit: ExtensionCommit | undefined,
  events: ReadonlySet<string>,
  clock: Clock,
): CheckedChange {
  const given = copyJson(commit ?? {}, 'the commit');
  if (!isJsonObject(given)) throw new HostError('invalid', 'the commit is no object');
  const {
    put = [],
    delete: deleted = [],
    expect = [],
    timers = {},
    events: emitted = [],
  } = given as ExtensionCommit;
  const { set = [], cancel = [] } = timers;
  const lists = { put, delete: deleted, expect, 'timers.set': set, 'timers.cancel': cancel, events: emitted };
  let parts = 0;
  for (const [name, list] of Object.entries(lists)) {
    if (!Array.isArray(list)) throw new HostError('invalid', `"${name}" of the commit is no list`);
    parts += list.length;
  }
  if (parts > MOST_PARTS) throw new HostError('invalid', `a commit has at most ${MOST_PARTS} parts`);
  for (const row of [...put, ...expect, ...set]) checkKey(row?.key);
  for (const key of [...deleted, ...cancel]) checkKey(key);
  for (const row of put)
    if (row.value === undefined) throw new HostError('invalid', `the row "${row.key}" has no value`);
  for (const { key, version } of expect) {
    if (version !== null && !Number.isSafeInteger(version)) {
      throw new HostError('invalid', `the version expected of "${key}" is neither a number nor null`);
    }
  }
  for (const event of emitted) {
    if (events.has(event?.name)) continue;
    throw new HostError('invalid', `it emits "${String(event?.name)}", which its manifest does not list`);
  }
  const waits = new Map<string, number>();
  const setTimers = set.map((timer) => {
    const waitMs = 'afterMs' in timer ? timer.afterMs : timer.at - clock.wall();
    const dueAt = 'afterMs' in timer ? clock.wall() + timer.afterMs : timer.at;
    if (!Number.isFinite(dueAt) || Math.abs(dueAt) > LATEST_MS || ('afterMs' in timer && timer.afterMs < 0)) {
      throw new HostError('invalid', `the timer "${timer.key}" has no time`);
    }
    waits.set(timer.key, Math.max(0, waitMs));
    return { key: timer.key, dueAt: Math.round(dueAt), byClock: 'at' in timer };
  });
  return {
    change: {
      extensionId,
      put,
      delete: deleted,
      expect,
      setTimers,
      cancelTimers: cancel,
      events: emitted.map(({ name, payload = null }) => ({ name, payload })),
    },
    waits,
  };
}

export function checkKey(key: unknown): asserts key is string {
  if (typeof key === 'string' && KEY.test(key)) return;
  throw new HostError('invalid', 'a key has 1 to 512 characters, none of them a control character');
}
