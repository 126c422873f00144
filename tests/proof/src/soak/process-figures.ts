import { readdirSync, readFileSync } from 'node:fs';

/** Memory of a process as the system counts it, in bytes: its own pages and its share of those it has in common with others. */
export function pssBytes(pid: number): number {
  const match = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
  return Number(match?.[1] ?? Number.NaN) * 1024;
}

/** Open descriptors of a process. */
export function descriptors(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length;
}
