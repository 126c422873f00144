import type { ExtensionHost, JsonValue } from '@dispatch/extension-api';
import { type CommandMark, endProcesses } from './command-processes.ts';
import { bootId, processFacts } from './process-table.ts';

const PREFIX = 'command/';

/** What is kept of a command while it runs, so that the kernel's next start can end what the death of this one left behind. */
interface CommandRecord {
  /** The start of the machine it belongs to. */
  readonly boot: string;
  /** Null: it was about to begin. */
  readonly pid: number | null;
  readonly startedAt: number | null;
}

type Host = Pick<ExtensionHost, 'storage' | 'commit' | 'log'>;

/** Commands that run, in the extension's own rows. */
export class CommandRecords {
  readonly #host: Host;
  readonly #boot = bootId();

  constructor(host: Host) {
    this.#host = host;
  }

  /** To be awaited before the command begins: from here on it is found by its id. Rejects when nothing can be written. */
  async begins(id: string): Promise<void> {
    await this.#put(id, { boot: this.#boot, pid: null, startedAt: null });
  }

  /** It runs: from here on it is also found when it threw its environment away. */
  async runs({
    id,
    pid,
    startedAt = null,
  }: {
    id: string;
    pid: number;
    startedAt?: number | null;
  }): Promise<void> {
    await this.#put(id, { boot: this.#boot, pid, startedAt }).catch(this.#warn);
  }

  /** None of its processes is left. */
  async over(id: string): Promise<void> {
    await this.#host.commit({ delete: [PREFIX + id] }).catch(this.#warn);
  }

  /** Ends what is left of commands that an earlier kernel did not see the end of. Never rejects. */
  async endLeftovers(): Promise<void> {
    try {
      const rows = await this.#host.storage.list(PREFIX);
      if (rows.length === 0) return;
      const ended = await Promise.all(
        rows.map(({ key, value }) => this.#endLeftover(key.slice(PREFIX.length), value)),
      );
      const count = ended.reduce((sum, one) => sum + one, 0);
      if (count > 0)
        this.#host.log.warn('commands outlived the kernel that ran them; they are ended', { count });
      await this.#host.commit({ delete: rows.map(({ key }) => key) });
    } catch (error) {
      this.#warn(error);
    }
  }

  async #endLeftover(id: string, value: JsonValue): Promise<number> {
    const { boot, pid, startedAt } = Object(value) as Partial<CommandRecord>;
    // Another start of the machine: its processes are long over, and their numbers are somebody else's.
    if (boot !== this.#boot || this.#boot === '') return 0;
    // The first process is known by its number together with its start. Whatever it started has the id, whether it still runs or not.
    const isFirst = typeof pid === 'number' && pid > 1 && processFacts(pid)?.startedAt === startedAt;
    const mark: CommandMark = isFirst && startedAt != null ? { id, pid, startedAt } : { id, pid: NOBODY };
    return await endProcesses(mark);
  }

  async #put(id: string, record: CommandRecord): Promise<void> {
    await this.#host.commit({ put: [{ key: PREFIX + id, value: { ...record } }] });
  }

  readonly #warn = (error: unknown): void => {
    const why = error instanceof Error ? error.message : String(error);
    this.#host.log.warn('which commands run is not known to the next start', { why });
  };
}

/** The number of no process group. */
const NOBODY = -1;
