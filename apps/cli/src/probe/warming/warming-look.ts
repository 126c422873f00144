import { fieldsOf } from '../../raw-http.ts';
import type { ProbeSocket } from '../probe-socket.ts';

/** Id of the surface in the catalog. */
export const SURFACE_ID = 'cache-warming';

/** What one `surface` or `update` frame shows of the warming of a conversation, as it came. */
export interface WarmingLook {
  /** Place of the frame among all of its socket. */
  readonly at: number;
  readonly kind: 'surface' | 'update';
  /** The conversation the frame repeats; undefined where it repeats none. */
  readonly conversationId: unknown;
  readonly on: unknown;
  /** The interval. */
  readonly seconds: unknown;
  readonly nextWarmAt: unknown;
  readonly lastWarmAt: unknown;
  /** Why the last warm failed; undefined where nothing is said. */
  readonly lastError: unknown;
  /** The backend's time of day when the frame came, in epoch milliseconds; the frame was sent earlier. */
  readonly clock: number;
}

/** All looks a socket got, in order. */
export function looksOf(socket: ProbeSocket): readonly WarmingLook[] {
  const ahead = clockAhead(socket);
  return socket.frames.flatMap((frame, at) => {
    const { kind, spec, conversationId } = partsOf(frame);
    const fields = fieldsOf(spec)?.['fields'];
    if (kind === undefined || fieldsOf(spec)?.['id'] !== SURFACE_ID || !Array.isArray(fields)) return [];
    const all = fields.map((field) => fieldsOf(field) ?? {});
    const byAction = (id: string) =>
      all.find(({ action }) => fieldsOf(action)?.['actionId'] === `${SURFACE_ID}/${id}`)?.['value'];
    const timer = fieldsOf(all.find(({ rendererId }) => rendererId === 'cache-warming-timer')?.['payload']);
    const look: WarmingLook = {
      at,
      kind,
      conversationId,
      on: byAction('toggle'),
      seconds: byAction('set-interval'),
      nextWarmAt: timer?.['nextWarmAt'],
      lastWarmAt: timer?.['lastWarmAt'],
      lastError: all.find(({ label }) => label === 'Last error')?.['value'],
      clock: (socket.cameAt[at] ?? 0) + ahead,
    };
    return [look];
  });
}

function partsOf(frame: Readonly<Record<string, unknown>>): {
  readonly kind?: 'surface' | 'update';
  readonly spec?: unknown;
  readonly conversationId?: unknown;
} {
  if (frame['type'] === 'surface') {
    return { kind: 'surface', spec: frame['spec'], conversationId: frame['conversationId'] };
  }
  if (frame['type'] !== 'update') return {};
  const update = fieldsOf(frame['update']);
  return { kind: 'update', spec: update?.['spec'], conversationId: update?.['conversationId'] };
}

/** Milliseconds by which the backend's clock is ahead of this machine's. */
function clockAhead({ frames, cameAt }: ProbeSocket): number {
  const at = frames.findIndex(({ type }) => type === 'hello');
  const told = frames[at]?.['serverTime'];
  return typeof told === 'number' ? told - (cameAt[at] ?? told) : 0;
}
