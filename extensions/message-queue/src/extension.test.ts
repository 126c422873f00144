import { readFileSync } from 'node:fs';
import {
  type MessageQueues,
  QUEUE_CHANGED,
  type QueuedMessage,
  type QueuedMessageOutcome,
} from '@dispatch/extension-api';
import { createTestHost } from '@dispatch/extension-api/testing';
import { MESSAGE_QUEUE_ACTIONS as ACTIONS } from '@dispatch/surface-message-queue';
import { messageQueuePayloadSchema } from '@dispatch/surface-message-queue/schema';
import { expect, it } from 'vitest';
import { extension } from './extension.ts';

const IN = { conversationId: 'c1', userId: 'usr_a' };
const message = (id: string, more: Partial<QueuedMessage> = {}): QueuedMessage => ({
  ...{ id, mode: 'queue', text: `say ${id}`, model: null, by: 'usr_a', createdAt: 1, editedAt: null },
  ...more,
});

/** Queues of a test: what waits is set, and what is asked for is kept. */
async function shown(...messages: readonly QueuedMessage[]) {
  const asked: unknown[] = [];
  const world = { messages, held: true, outcome: 'changed' as QueuedMessageOutcome };
  const queues: MessageQueues = {
    of: async () => ({ messages: world.messages, held: world.held }),
    async change(change) {
      asked.push(change);
      return world.outcome;
    },
    async remove(ref) {
      asked.push({ remove: ref });
      return world.outcome === 'changed';
    },
  };
  const test = createTestHost({ manifest: extension.manifest, queues });
  await test.activate(extension);
  return { test, world, asked };
}

it('ST2: shows what waits in its order, and the button to go on only while it is held', async () => {
  const { test, world } = await shown(message('a', { mode: 'steer' }), message('b', { model: 'demo/fast' }));
  const { fields } = await test.surfaces.show('message-queue', IN);
  expect(fields[0]).toEqual({ kind: 'stat', label: 'Waiting', value: '2, held' });
  expect(messageQueuePayloadSchema.parse(Object(fields[1]).payload)).toEqual({
    messages: [message('a', { mode: 'steer' }), message('b', { model: 'demo/fast' })],
    held: true,
  });
  expect(fields[2]).toMatchObject({ kind: 'button', action: { actionId: ACTIONS.promote } });
  world.held = false;
  expect((await test.surfaces.show('message-queue', IN)).fields).toHaveLength(2);
});

it('shows one stat while no conversation is in focus', async () => {
  const { test } = await shown();
  expect((await test.surfaces.show('message-queue', {})).fields).toEqual([
    { kind: 'stat', label: 'Status', value: 'No conversation focused' },
  ]);
});

it('ST2: tells everybody who looks when what waits changed', async () => {
  const { test, world } = await shown(message('a'));
  const reader = await test.surfaces.subscribe('message-queue', IN);
  world.messages = [];
  world.held = false;
  await test.tell(QUEUE_CHANGED, { conversationId: 'c1' });
  expect(reader.latest().fields[0]).toMatchObject({ value: '0' });
});

it('ST2: carries out each action in the name of whoever asked', async () => {
  const { test, asked } = await shown(message('a'), message('b'));
  const act = (action: keyof typeof ACTIONS, payload?: object) =>
    test.invoke('message-queue', ACTIONS[action], payload as never, IN);
  await act('edit', { messageId: 'b', text: ' B ' });
  await act('move', { messageId: 'b', position: 1 });
  await act('promote', { messageId: 'b' });
  await act('promote');
  await act('remove', { messageId: 'b' });
  expect(asked).toEqual([
    { ...IN, messageId: 'b', text: ' B ' },
    { ...IN, messageId: 'b', position: 1 },
    { ...IN, messageId: 'b', mode: 'steer' },
    { ...IN, messageId: 'a', mode: 'steer' },
    { remove: { ...IN, messageId: 'b' } },
  ]);
});

it.each<[keyof typeof ACTIONS, object | undefined, string]>([
  ['edit', { messageId: 'a', text: ' ' }, 'Say something.'],
  ['edit', { messageId: 'a', text: 'x\ud800' }, 'This is no well-formed text.'],
  ['move', { messageId: 'a', position: 0 }, 'A place is a whole number from 1.'],
  ['remove', undefined, 'Say which message is meant.'],
])('refuses to %s with %j', async (action, payload, words) => {
  const { test, asked } = await shown(message('a'));
  const outcome = await test.invoke('message-queue', ACTIONS[action], payload as never, IN);
  expect(outcome).toMatchObject({ code: 'action-refused', message: words });
  expect(asked).toEqual([]);
});

it('refuses what cannot be done, in words', async () => {
  const { test, world } = await shown();
  const promote = (payload?: object) => test.invoke('message-queue', ACTIONS.promote, payload as never, IN);
  expect(await promote()).toMatchObject({ message: 'Nothing waits here.' });
  for (const outcome of ['gone', 'too-much', 'not-started'] as const) {
    world.outcome = outcome;
    expect(await promote({ messageId: 'a' })).toMatchObject({ code: 'action-refused' });
  }
  expect(await test.invoke('message-queue', 'other', undefined, IN)).toMatchObject({
    code: 'unknown-action',
  });
  expect(await test.invoke('message-queue', ACTIONS.promote, undefined, { userId: 'usr_a' })).toMatchObject({
    message: 'Choose a conversation first.',
  });
});

it('cuts long words, so that any queue that may be is a surface, and says so', async () => {
  const rude = '\u0001'.repeat(20_000);
  const { test } = await shown(
    ...Array.from({ length: 50 }, (_, index) => message(`m${index}`, { text: rude })),
  );
  const { fields } = await test.surfaces.show('message-queue', IN);
  expect(Buffer.byteLength(JSON.stringify(fields))).toBeLessThan(1_048_576);
  expect(messageQueuePayloadSchema.parse(Object(fields[1]).payload).messages[0]).toMatchObject({ cut: true });
  const { test: pair } = await shown(message('a', { text: `${'x'.repeat(149_999)}😀` }));
  const payload = Object((await pair.surfaces.show('message-queue', IN)).fields[1]).payload;
  expect(payload.messages[0].text).toHaveLength(149_999);
});

it('stands under the version of its package', () => {
  const own = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(extension.manifest.version).toBe(own.version);
});
