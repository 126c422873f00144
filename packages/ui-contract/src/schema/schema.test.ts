import { describe, expect, it } from 'vitest';
import {
  seriesPayloadFixture,
  surfaceClientMessageFixtures,
  surfaceFieldFixtures,
  surfaceServerMessageFixtures,
  surfaceSpecFixture,
  tablePayloadFixture,
  timerPayloadFixtures,
} from '../fixtures/index.ts';
import {
  invokeMessageSchema,
  seriesPayloadSchema,
  subscribeMessageSchema,
  surfaceClientMessageSchema,
  surfaceFieldSchema,
  surfaceServerMessageSchema,
  surfaceSpecSchema,
  tablePayloadSchema,
  timerPayloadSchema,
} from './index.ts';

describe('every fixture passes its schema unchanged', () => {
  it.each(Object.entries(surfaceFieldFixtures))('field %s', (kind, field) => {
    expect(surfaceFieldSchema.parse(field)).toEqual(field);
    expect(field.kind).toBe(kind);
  });
  it.each(Object.entries(surfaceClientMessageFixtures))('client frame %s', (type, frame) => {
    expect(surfaceClientMessageSchema.parse(frame)).toEqual(frame);
    expect(frame.type).toBe(type);
  });
  it.each(Object.entries(surfaceServerMessageFixtures))('server frame %s', (type, frame) => {
    expect(surfaceServerMessageSchema.parse(frame)).toEqual(frame);
    expect(frame.type).toBe(type);
  });
  it('payloads of the renderers', () => {
    expect(tablePayloadSchema.parse(tablePayloadFixture)).toEqual(tablePayloadFixture);
    expect(seriesPayloadSchema.parse(seriesPayloadFixture)).toEqual(seriesPayloadFixture);
    for (const timer of Object.values(timerPayloadFixtures)) {
      expect(timerPayloadSchema.parse(timer)).toEqual(timer);
    }
  });
  it('a field that has an identity', () => {
    const field = { ...surfaceFieldFixtures.stat, id: 'last-rate' };
    expect(surfaceFieldSchema.parse(field)).toEqual(field);
  });
  it('a surface with a field of every kind', () => {
    expect(surfaceSpecSchema.parse(surfaceSpecFixture)).toEqual(surfaceSpecFixture);
  });
});

describe('what a client sends', () => {
  it('loses fields nobody knows', () => {
    const frame = { type: 'subscribe', surfaceId: 'notes' };
    expect(subscribeMessageSchema.parse({ ...frame, mood: 'good' })).toEqual(frame);
  });

  it('keeps a payload of any kind, also false, null and none', () => {
    const frame = { type: 'invoke', surfaceId: 'notes', actionId: 'notes/set' };
    for (const payload of [false, null, 0, '', { value: 1 }]) {
      expect(invokeMessageSchema.parse({ ...frame, payload })).toEqual({ ...frame, payload });
    }
    expect(invokeMessageSchema.parse(frame)).toEqual(frame);
  });

  it.each([
    ['no surface', { type: 'subscribe' }],
    ['a surface that is a number', { type: 'subscribe', surfaceId: 7 }],
    ['an empty surface id', { type: 'unsubscribe', surfaceId: '' }],
    ['a conversation that is null', { type: 'subscribe', surfaceId: 'notes', conversationId: null }],
    ['no action', { type: 'invoke', surfaceId: 'notes' }],
    ['an unknown type', { type: 'destroy', surfaceId: 'notes' }],
    ['nothing', null],
  ])('is refused with %s', (_what, frame) => {
    expect(surfaceClientMessageSchema.safeParse(frame).success).toBe(false);
  });
});

it('a table whose rows do not fit its columns is none', () => {
  const { columns, rows } = tablePayloadFixture;
  expect(tablePayloadSchema.safeParse({ columns, rows: [...rows, ['short']] }).success).toBe(false);
});
