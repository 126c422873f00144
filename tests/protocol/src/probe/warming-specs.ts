import { type FrameSocket, type Meddling, openSocket } from '@dispatch/tests-processes';
import type { Fields } from './breakage.ts';

/** What a meddler sees of the warming of a conversation, and may change. */
export interface WarmingSpec {
  readonly on: boolean;
  readonly seconds: number;
  readonly nextWarmAt: number | null;
  readonly lastWarmAt: number | null;
  /** Undefined: there was none. */
  readonly lastError: unknown;
}

type Change = (
  spec: WarmingSpec,
  frame: Fields,
  socket: Parameters<NonNullable<Meddling['toClient']>>[1],
) => Partial<WarmingSpec> | undefined;

const actionOf = (field: Fields): unknown => (field['action'] as Fields | undefined)?.['actionId'];

/** Changes what surfaces and updates of warming show; undefined drops the frame. */
export const warming =
  (change: Change): NonNullable<Meddling['toClient']> =>
  (frame, socket) => {
    const update = frame['update'] as Fields | undefined;
    const spec = (update?.['spec'] ?? frame['spec']) as Fields | undefined;
    if (spec?.['id'] !== 'cache-warming') return [frame];
    const changed = change(specIn(spec), frame, socket);
    if (changed === undefined) return [];
    const fields = (spec['fields'] as readonly Fields[]).map((field) => fieldWith(field, changed));
    const said = { ...spec, fields };
    return [
      update === undefined ? { ...frame, spec: said } : { ...frame, update: { ...update, spec: said } },
    ];
  };

/** The same for the timer alone. */
export const timer = (change: (spec: WarmingSpec, frame: Fields) => number | null): Meddling => ({
  toClient: warming((spec, frame) => ({ nextWarmAt: change(spec, frame) })),
});

function specIn(spec: Fields): WarmingSpec {
  const fields = spec['fields'] as readonly Fields[];
  const shownBy = (action: string) =>
    fields.find((field) => actionOf(field) === `cache-warming/${action}`)?.['value'];
  const times = fields.find(({ rendererId }) => rendererId === 'cache-warming-timer')?.['payload'] as Fields;
  return {
    on: shownBy('toggle') === true,
    seconds: Number(shownBy('set-interval')),
    nextWarmAt: times['nextWarmAt'] as number | null,
    lastWarmAt: times['lastWarmAt'] as number | null,
    lastError: fields.find(({ label }) => label === 'Last error')?.['value'],
  };
}

function fieldWith(field: Fields, { on, seconds, ...changed }: Partial<WarmingSpec>): Fields {
  if (actionOf(field) === 'cache-warming/toggle' && on !== undefined) return { ...field, value: on };
  if (actionOf(field) === 'cache-warming/set-interval' && seconds !== undefined) {
    return { ...field, value: seconds };
  }
  if (field['rendererId'] !== 'cache-warming-timer') return field;
  return { ...field, payload: { ...(field['payload'] as Fields), ...changed } };
}

/** Switches warming at the gateway itself, as somebody else would. */
export async function switchAt(gateway: string, conversationId: unknown, on: boolean): Promise<void> {
  const socket: FrameSocket = await openSocket(gateway.replace('http', 'ws'));
  const action = { surfaceId: 'cache-warming', actionId: 'cache-warming/toggle', payload: on };
  socket.send({ type: 'invoke', id: 'switch', conversationId, ...action });
  await socket.frame('the answer', (frame) => frame['id'] === 'switch');
  socket.close();
}
