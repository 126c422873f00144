import type { Random } from '../random.ts';
import { FileBytes, type FileChange, pieces } from './file-bytes.ts';
import type { IoRecord } from './io-log.ts';

/**
 * What a power cut does to everything that was not flushed: `drop` loses it all, `subset` keeps some changes and not
 * others, `tear` does so by sectors of 512 bytes, `prefix` keeps the oldest, the last of them perhaps in part.
 */
export const CUT_MODES = ['drop', 'subset', 'tear', 'prefix'] as const;
export type CutMode = (typeof CUT_MODES)[number];

/** A place among all changes of the disk. */
interface Ordered {
  readonly order: number;
}

interface StoredFile {
  /** What a power cut cannot take. */
  readonly flushed: FileBytes;
  /** Changes since, in order. */
  pending: (FileChange & Ordered)[];
}

/** A name that was made, removed, or given to the file of another name. */
interface NameChange extends Ordered {
  readonly name: string;
  readonly file?: StoredFile;
  readonly from?: string;
}

/** What of the changes that were not flushed is on the disk after all. */
interface Kept {
  name(change: NameChange): boolean;
  file(change: FileChange & Ordered): readonly FileChange[];
}

/** One directory: as a running process sees it, and as it would be after a power cut. Names are flushed with the directory, never with a file. */
export class Disk {
  readonly #names = new Map<string, StoredFile>();
  readonly #open = new Map<number, StoredFile>();
  #flushedNames: ReadonlyMap<string, StoredFile> = new Map();
  #pendingNames: NameChange[] = [];
  #order = 0;

  /** Takes over what one record says; sends and accepts change nothing. */
  apply({ kind, fd, number, data }: IoRecord): void {
    this.#order += 1;
    const order = this.#order;
    if (kind === 'start') this.#open.clear();
    if (kind === 'open') this.#openFile(fd, data.toString(), number === 1);
    if (kind === 'write') this.#file(fd).pending.push({ order, offset: number, data });
    if (kind === 'truncate') this.#file(fd).pending.push({ order, offset: number });
    if (kind === 'flush') flush(this.#file(fd));
    if (kind === 'unlink') this.#rename({ order, name: data.toString() });
    if (kind === 'rename') {
      const [from, name = ''] = data.toString().split('\0');
      this.#rename({ order, name, from: from ?? '' });
    }
    if (kind === 'flush-directory') {
      this.#flushedNames = new Map(this.#names);
      this.#pendingNames = [];
    }
  }

  /** How many changes a power cut could take now. */
  get unflushed(): number {
    return this.#pending().length;
  }

  /** Whether a power cut could take something of this file now. */
  isUnflushed(name: string): boolean {
    return (this.#names.get(name)?.pending.length ?? 0) > 0;
  }

  /** The files as a running process sees them; valid until the next change. */
  live(): Map<string, Buffer> {
    return this.#with({ name: () => true, file: (change) => [change] });
  }

  /** The files after a power cut now; valid until the next change. */
  cut(mode: CutMode, random: Random): Map<string, Buffer> {
    return this.#with(this.#kept(mode, random));
  }

  #kept(mode: CutMode, random: Random): Kept {
    if (mode === 'drop') return { name: () => false, file: () => [] };
    if (mode === 'prefix') {
      const pending = this.#pending();
      const last = pending.length === 0 ? 0 : random.pick(pending).order;
      return {
        name: ({ order }) => order <= last,
        file: (change) => {
          if (change.order !== last) return change.order < last ? [change] : [];
          const parts = pieces(change);
          return parts.slice(0, random.integer(0, parts.length));
        },
      };
    }
    const likely = random.pick([0.1, 0.5, 0.9]);
    const name = () => random.chance(likely);
    if (mode === 'tear') return { name, file: (change) => pieces(change).filter(name) };
    return { name, file: (change) => (name() ? [change] : []) };
  }

  #openFile(fd: number, name: string, empty: boolean): void {
    const order = this.#order;
    let file = this.#names.get(name);
    if (file === undefined) {
      file = { flushed: new FileBytes(), pending: [] };
      this.#rename({ order, name, file });
    } else if (empty) file.pending.push({ order, offset: 0 });
    this.#open.set(fd, file);
  }

  #file(fd: number): StoredFile {
    const file = this.#open.get(fd);
    if (file === undefined) throw new Error(`descriptor ${fd} was never opened`);
    return file;
  }

  #rename(change: NameChange): void {
    rename(this.#names, change);
    this.#pendingNames.push(change);
  }

  #pending(): Ordered[] {
    const files = new Set([...this.#flushedNames.values(), ...this.#names.values()]);
    return [...this.#pendingNames, ...[...files].flatMap(({ pending }) => pending)];
  }

  #with(kept: Kept): Map<string, Buffer> {
    const names = new Map(this.#flushedNames);
    for (const change of this.#pendingNames) if (kept.name(change)) rename(names, change);
    return new Map(
      [...names].map(([name, { flushed, pending }]) => {
        const changes = pending.flatMap((change) => kept.file(change));
        // Most files of most states have none, and copying is what takes the time.
        if (changes.length === 0) return [name, flushed.bytes];
        const file = new FileBytes(flushed.bytes);
        for (const change of changes) file.apply(change);
        return [name, file.bytes];
      }),
    );
  }
}

/** A change whose own beginning was lost changes nothing. */
function rename(names: Map<string, StoredFile>, { name, file, from }: NameChange): void {
  const moved = from === undefined ? file : names.get(from);
  if (from !== undefined && moved === undefined) return;
  if (from !== undefined) names.delete(from);
  if (moved === undefined) names.delete(name);
  else names.set(name, moved);
}

function flush(file: StoredFile): void {
  for (const change of file.pending) file.flushed.apply(change);
  file.pending = [];
}
