import { Disk } from './disk.ts';
import type { Recording } from './recording.ts';

/**
 * Where the files a kernel left differ from what its log says it wrote. Empty, or the log misses something. Of the last
 * record the kill may have kept the kernel from doing all or a part.
 */
export function unfaithful({ records, remains }: Pick<Recording, 'records' | 'remains'>): string[] {
  const disk = new Disk();
  const found: string[] = [];
  let made = 0;
  for (const { records: count, files } of remains) {
    for (const record of records.slice(made, count - 1)) disk.apply(record);
    const before = disk.live();
    const last = records[count - 1];
    if (last !== undefined) disk.apply(last);
    const after = disk.live();
    made = count;
    for (const name of new Set([...files.keys(), ...after.keys()])) {
      if (!isBetween(files.get(name), before.get(name), after.get(name)))
        found.push(`after ${count} records, ${name} is not what they make of it`);
    }
  }
  return found;
}

function isBetween(file: Buffer | undefined, before: Buffer | undefined, after: Buffer | undefined): boolean {
  if (file === undefined) return before === undefined || after === undefined;
  const either = [before, after].filter((bytes) => bytes !== undefined);
  if (either.some((bytes) => bytes.equals(file))) return true;
  const lengths = either.map(({ length }) => length);
  if (either.length === 0 || file.length < Math.min(...lengths) || file.length > Math.max(...lengths))
    return false;
  return file.every((byte, at) => either.some((bytes) => bytes[at] === byte));
}
