/**
 * Where a test may kill the kernel. Set for tests alone, by `DISPATCH_TEST=1` together with `DISPATCH_CRASH_AT=<name>` or `<name>#<k>`
 * for the k-th pass.
 */
const armed =
  process.env['DISPATCH_TEST'] === '1' ? parseCrashPoint(process.env['DISPATCH_CRASH_AT']) : undefined;
let passesLeft = armed?.pass ?? 0;

/** Names a place in the code. Does nothing unless a test chose this place: then the process dies here, as by `kill -9`. */
export function crashPoint(name: string): void {
  if (armed === undefined || armed.name !== name) return;
  passesLeft -= 1;
  if (passesLeft === 0) process.kill(process.pid, 'SIGKILL');
}

/** The place and the number of the pass, counted from 1; undefined when none is named. */
export function parseCrashPoint(
  text: string | undefined,
): { readonly name: string; readonly pass: number } | undefined {
  const match = /^([a-z0-9-]+)(?:#([1-9]\d*))?$/.exec(text ?? '');
  if (match?.[1] === undefined) return undefined;
  return { name: match[1], pass: Number(match[2] ?? 1) };
}
