import { type DispatchProcesses, eventually, request } from '@dispatch/tests-processes';
import { expect } from 'vitest';
import { eventsOf, type Screen, turnsOf } from './screen.ts';

/**
 * The whole promise about one conversation that is at rest: one shown version a beat, one line, one end of each turn, and two clients that have exactly that.
 * `screens` have looked since before its first message.
 */
export async function expectConsistent(
  { httpUrl }: DispatchProcesses,
  conversationId: string,
  screens: readonly Screen[],
): Promise<void> {
  const path = `/conversations/${conversationId}`;
  const read = async (more = '') => (await request(httpUrl, 'GET', `${path}${more}`)).body;
  await eventually('nothing runs', async () => (await read('/status')).status === 'idle', 30_000);
  const { chunks } = await read();
  const turns = turnsOf(chunks);
  const active = turnsOf((await read('?view=active')).chunks);
  for (const screen of screens) {
    await eventually(`all turns are sealed for ${screen.name}`, () =>
      turns.every((id) => eventsOf(screen, id).some(({ type }) => type === 'turn-sealed')),
    );
    await eventually(
      `${screen.name} shows ${active}, not ${screen.shown}`,
      () => `${screen.shown}` === `${active}`,
    );
    expect(turnsOf(screen.seen as readonly { readonly turnId?: string }[])).toEqual(turns);
  }
  const beats = new Map<string, readonly string[]>();
  for (const turnId of turns) {
    const { beatId, versions } = await read(`/versions?turnId=${turnId}`);
    const shown = versions.filter((version: { active: boolean }) => version.active);
    expect(shown, `shown versions of ${beatId}`).toHaveLength(1);
    beats.set(beatId, [...(beats.get(beatId) ?? []), turnId]);
    const own = chunks.filter((row: { turnId: string }) => row.turnId === turnId);
    expect(own.filter(({ role }: { role: string }) => role === 'user')).toHaveLength(1);
    const [first, ...others] = screens.map((screen) => eventsOf(screen, turnId));
    expect(first?.map(({ n }) => n)).toEqual(first?.map((_, index) => index));
    expect(first?.slice(-2).map(({ type }) => type)).toEqual(['done', 'turn-sealed']);
    for (const type of ['user-message', 'turn-start', 'done', 'turn-sealed']) {
      expect(
        first?.filter((event) => event.type === type),
        `${type} of ${turnId}`,
      ).toHaveLength(1);
    }
    for (const events of others) expect(events).toEqual(first);
  }
  for (const members of beats.values()) {
    expect(active.filter((id) => members.includes(id)).length).toBeLessThanOrEqual(1);
  }
}
