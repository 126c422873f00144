import { surfaceSpecSchema } from '@dispatch/ui-contract/schema';
import { expect, it } from 'vitest';
import {
  messageQueuePayloadFixtures,
  messageQueueSpecFixture,
  messageQueueWithoutConversationFixture,
} from '../fixtures/index.ts';
import {
  editPayloadSchema,
  messagePayloadSchema,
  messageQueuePayloadSchema,
  movePayloadSchema,
} from './index.ts';

it('every fixture passes its schema unchanged', () => {
  for (const spec of [messageQueueSpecFixture, messageQueueWithoutConversationFixture]) {
    expect(surfaceSpecSchema.parse(spec)).toEqual(spec);
  }
  for (const payload of Object.values(messageQueuePayloadFixtures)) {
    expect(messageQueuePayloadSchema.parse(payload)).toEqual(payload);
  }
});

const messageId = 'q';
it.each([
  ['message', messagePayloadSchema, [{ messageId }], [null, 'q', {}, { messageId: '' }, { messageId: 1 }]],
  ['edit', editPayloadSchema, [{ messageId, text: ' a ' }], [{ messageId }, { messageId, text: ' \n' }]],
  ['move', movePayloadSchema, [{ messageId, position: 1 }], [{ messageId }, { messageId, position: 0.5 }]],
])('%s payloads', (_name, schema, good, bad) => {
  for (const payload of good) expect(schema.parse(payload)).toEqual(payload);
  for (const payload of bad) expect(schema.safeParse(payload).success).toBe(false);
});

it('a message without its mode is refused', () => {
  const [first] = messageQueuePayloadFixtures.held.messages;
  const { mode: _, ...rest } = first ?? { mode: 'steer' };
  expect(messageQueuePayloadSchema.safeParse({ messages: [rest], held: true }).success).toBe(false);
});
