import type { DomainEvent } from '../events.ts';
import { HostError } from '../host.ts';
import type { JsonValue } from '../json.ts';
import type { ExtensionManifest } from '../manifest.ts';
import type { ExtensionCommit, ExtensionCommitOutcome, ExtensionRow } from '../storage.ts';
import { jsonCopy } from './json-copy.ts';
import { TestTimers } from './test-timers.ts';
import type { VirtualClock } from './virtual-clock.ts';

const ROWS = 1_000;
const BYTES = 1_048_576;
const KEYS = 512;

/** What survives a restart: rows, timers, domain events and how far they were handled. */
export class TestStore {
  readonly rows: Map<string, ExtensionRow> = new Map();
  readonly timers: TestTimers;
  readonly events: DomainEvent[] = [];
  /** Id of the last event that was handled. */
  cursor = 0;
  /** While set, nothing can be written. */
  trouble: 'storage-full' | 'store-read-only' | undefined;
  readonly #clock: VirtualClock;
  readonly #manifest: ExtensionManifest;

  constructor(clock: VirtualClock, manifest: ExtensionManifest) {
    this.#clock = clock;
    this.#manifest = manifest;
    this.timers = new TestTimers(clock);
  }

  append(name: string, payload: JsonValue, at: number = this.#clock.now()): DomainEvent {
    const event = { id: this.events.length + 1, name, at, payload: jsonCopy(payload, name) };
    this.events.push(event);
    return event;
  }

  list(prefix: string, after = '', limit = ROWS): readonly ExtensionRow[] {
    return [...this.rows.values()]
      .filter(({ key }) => key.startsWith(prefix) && key > after)
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .slice(0, Math.min(limit, ROWS))
      .map((row) => jsonCopy(row, row.key));
  }

  commit(change: ExtensionCommit): ExtensionCommitOutcome {
    this.#check(change);
    const { put = [], expect = [], timers = {}, events = [] } = change;
    if (this.trouble !== undefined) throw new HostError(this.trouble, 'nothing can be written');
    for (const { key, version } of expect) {
      if ((this.rows.get(key)?.version ?? null) !== version) return 'conflict';
    }
    for (const { key, value } of put) {
      const version = (this.rows.get(key)?.version ?? 0) + 1;
      this.rows.set(key, { key, value: jsonCopy(value, key), version });
    }
    for (const key of change.delete ?? []) this.rows.delete(key);
    for (const key of timers.cancel ?? []) this.timers.cancel(key);
    for (const setting of timers.set ?? []) this.timers.set(setting);
    for (const { name, payload } of events) this.append(name, payload);
    return 'committed';
  }

  #check(change: ExtensionCommit): void {
    const { put = [], expect = [], timers = {}, events = [] } = change;
    const settings = timers.set ?? [];
    const cancelled = timers.cancel ?? [];
    const deleted = change.delete ?? [];
    const parts = put.length + deleted.length + settings.length + cancelled.length + events.length;
    if (parts > ROWS) throw new HostError('invalid', `a commit has at most ${ROWS} parts, not ${parts}`);
    const keys = [...put, ...expect, ...settings].map(({ key }) => key);
    for (const key of [...keys, ...deleted, ...cancelled]) checkKey(key);
    for (const { key, value } of put) {
      if (JSON.stringify(jsonCopy(value, key)).length > BYTES) {
        throw new HostError('invalid', `the value of "${key}" is larger than 1 MiB`);
      }
    }
    for (const setting of settings) {
      const when = 'at' in setting ? setting.at : setting.afterMs;
      if (!Number.isFinite(when) || when < 0) {
        throw new HostError('invalid', `the timer "${setting.key}" has no time: ${when}`);
      }
    }
    for (const { name } of events) {
      if (!this.#manifest.contributes?.events?.includes(name)) {
        throw new HostError('invalid', `"${name}" is not listed in contributes.events of the manifest`);
      }
    }
  }
}

function checkKey(key: string): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: keys must not have them
  if (key.length >= 1 && key.length <= KEYS && !/[\u0000-\u001f\u007f]/.test(key)) return;
  throw new HostError('invalid', `a key has 1 to ${KEYS} characters without control characters`);
}
