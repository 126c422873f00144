import { describe, expect, it } from 'vitest';
import { peopleFixtures, userEventFixtures } from '../fixtures/index.ts';
import { presenceSchema, statusTextSchema, userEventSchema, userSchema } from './index.ts';

describe('fixtures', () => {
  it.each(Object.entries(userEventFixtures))('%s is what its schema says', (_type, event) => {
    expect(userEventSchema.parse(event)).toEqual(event);
  });

  it('people are what their schemas say', () => {
    expect(userSchema.parse(peopleFixtures.user)).toEqual(peopleFixtures.user);
    expect(presenceSchema.parse(peopleFixtures.online)).toEqual(peopleFixtures.online);
    expect(presenceSchema.parse(peopleFixtures.offline)).toEqual(peopleFixtures.offline);
  });

  it('a status text is counted in characters, not in halves of them', () => {
    expect(statusTextSchema.safeParse('💥'.repeat(100)).success).toBe(true);
    expect(statusTextSchema.safeParse('x'.repeat(101)).success).toBe(false);
  });
});
