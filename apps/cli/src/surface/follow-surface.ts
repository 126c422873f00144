import type { Connection } from '@dispatch/client';
import type { SurfaceSpec } from '@dispatch/ui-contract';
import { errorRecord } from '../cli-error.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT } from '../exit-codes.ts';
import { type BackendClock, backendClock } from './backend-clock.ts';
import { wrap } from './layout.ts';
import { LiveBlock } from './live-block.ts';
import type { Looking } from './looking.ts';
import { acts } from './surface-action.ts';
import { surfaceLines } from './surface-lines.ts';

/** Resolves with the exit code when the person leaves; rejects when the connection is closed for good. */
function untilLeft({ terminal }: CommandContext, connection: Connection): Promise<number> {
  return new Promise((resolve, reject) => {
    const stops = [
      terminal.onSignal('SIGINT', () => end(() => resolve(EXIT.success))),
      terminal.onSignal('SIGTERM', () => end(() => resolve(EXIT.terminated))),
      connection.onState(({ state, error }) => state === 'closed' && end(() => reject(error))),
    ];
    const end = (settle: () => void): void => {
      for (const stop of stops) stop();
      settle();
    };
  });
}

/** Prints every state as one line of JSON, and what goes wrong as one on stderr, until the person leaves. */
export function streamSurface(
  context: CommandContext,
  connection: Connection,
  looking: Looking,
): Promise<number> {
  const { out, terminal } = context;
  looking.onChange(({ spec, isNew, error }) => {
    if (spec && isNew) out.record(spec);
    if (error) terminal.stderr.write(`${JSON.stringify(errorRecord(error))}\n`);
  });
  return untilLeft(context, connection);
}

/** Shows the surface in place, with countdowns that run, until the person leaves. */
export async function followSurface(
  context: CommandContext,
  connection: Connection,
  looking: Looking,
): Promise<number> {
  const { clock, out, terminal } = context;
  const block = new LiveBlock(terminal.stdout);
  const time = backendClock(connection, clock);
  let spec: SurfaceSpec | undefined;
  let trouble: string | undefined;
  let away: string | undefined;
  const draw = (isLeaving = false): void => {
    const view = { now: time.now(), width: block.width, style: out.style };
    const lines = spec ? surfaceLines(spec, view) : [];
    const note = away ?? trouble;
    if (note !== undefined) lines.push('', ...wrap(note, block.width).map(out.style.yellow));
    if (isLeaving) {
      block.finish(lines);
      return;
    }
    block.draw([...lines, '', ...wrap(footer(spec), block.width).map(out.style.dim)]);
  };
  const stopWatching = connection.onState(({ state }) => {
    if (state === 'open') away = undefined;
    else if (state === 'waiting') away = 'The gateway is away; above is what it said last.';
    draw();
  });
  const stopHearing = connection.onFrame((frame) => {
    if (frame.type !== 'status') return;
    away = frame.kernel === 'down' ? 'The kernel is away; above is what it said last.' : undefined;
    draw();
  });
  looking.onChange((news) => {
    spec = news.spec ?? spec;
    trouble = news.error?.message;
    draw();
  });
  let cancelTick = (): void => undefined;
  const tick = (): void => {
    draw();
    cancelTick = clock.after(untilNextSecond(time), tick);
  };
  tick();
  try {
    return await untilLeft(context, connection);
  } finally {
    cancelTick();
    stopWatching();
    stopHearing();
    draw(true);
  }
}

/** Countdowns change with the backend's full seconds. */
const untilNextSecond = (time: BackendClock): number => 1_000 - (Math.floor(time.now()) % 1_000);

function footer(spec: SurfaceSpec | undefined): string {
  const all = spec ? acts(spec) : [];
  return all.length === 0 ? 'Ctrl-C leaves.' : `Ctrl-C leaves. Change it with --do: ${all.join(', ')}`;
}
