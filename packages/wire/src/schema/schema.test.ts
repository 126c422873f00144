import { describe, expect, it } from 'vitest';
import { agentEventFixtures, storedChunkFixtures, turnMetricsFixtures } from '../fixtures/index.ts';
import { AGENT_EVENT_TYPES, CHUNK_TYPES, DONE_REASONS, ROLES } from '../index.ts';
import {
  agentEventSchema,
  chatMessageSchema,
  chunkSchema,
  roleSchema,
  storedChunkSchema,
  turnMetricsSchema,
} from './index.ts';

const sorted = (names: readonly string[]) => [...names].sort();

describe('every fixture passes its schema unchanged', () => {
  it.each(Object.entries(agentEventFixtures))('event %s', (type, event) => {
    expect(agentEventSchema.parse(event)).toEqual(event);
    expect(event.type).toBe(type);
  });
  it.each(Object.entries(storedChunkFixtures))('chunk %s', (type, stored) => {
    expect(storedChunkSchema.parse(stored)).toEqual(stored);
    expect(stored.chunk.type).toBe(type);
  });
  it.each(Object.entries(turnMetricsFixtures))('figures of a turn that %s', (_name, metrics) => {
    expect(turnMetricsSchema.parse(metrics)).toEqual(metrics);
  });
});

describe('the literal tables', () => {
  it('name every type there is a fixture for, and no other', () => {
    expect(sorted(AGENT_EVENT_TYPES)).toEqual(sorted(Object.keys(agentEventFixtures)));
    expect(sorted(CHUNK_TYPES)).toEqual(sorted(Object.keys(storedChunkFixtures)));
  });

  it('hold every name once', () => {
    for (const table of [AGENT_EVENT_TYPES, CHUNK_TYPES, DONE_REASONS, ROLES]) {
      expect(new Set(table).size).toBe(table.length);
    }
    for (const role of ROLES) expect(roleSchema.parse(role)).toBe(role);
  });
});

describe('what is not what it should be', () => {
  it.each([
    ['an unknown type', { ...agentEventFixtures.done, type: 'ended' }],
    ['no conversation', { type: 'turn-start', turnId: 't' }],
    ['a delta that is a number', { ...agentEventFixtures['text-delta'], delta: 7 }],
    ['a negative duration', { ...agentEventFixtures.done, durationMs: -1 }],
    ['a context of 0', { ...agentEventFixtures.done, contextSize: 0 }],
    ['an unknown stream', { ...agentEventFixtures['tool-output'], stream: 'stdin' }],
    ['an absent field spelled as null', { ...agentEventFixtures.error, code: null }],
  ])('is no event: %s', (_what, event) => {
    expect(agentEventSchema.safeParse(event).success).toBe(false);
  });

  it.each([
    ['seq 0', { ...storedChunkFixtures.text, seq: 0 }],
    ['an unknown role', { ...storedChunkFixtures.text, role: 'robot' }],
    ['an unknown chunk', { ...storedChunkFixtures.text, chunk: { type: 'image' } }],
  ])('is no stored chunk: %s', (_what, chunk) => {
    expect(storedChunkSchema.safeParse(chunk).success).toBe(false);
  });

  it('ST2: a note is the user’s own or says nothing of it', () => {
    const steered = { type: 'system', text: 'In Tokyo, please.', steered: true };
    expect(chunkSchema.parse(steered)).toEqual(steered);
    expect(chunkSchema.safeParse({ ...steered, steered: false }).success).toBe(false);
  });

  it('a field nobody knows is dropped, not refused', () => {
    const chunk = { type: 'text', text: 'hello' };
    expect(chunkSchema.parse({ ...chunk, mood: 'good' })).toEqual(chunk);
    expect(chatMessageSchema.parse({ role: 'user', chunks: [chunk], mood: 'good' })).toEqual({
      role: 'user',
      chunks: [chunk],
    });
  });
});
