import { describe, expect, it } from 'vitest';
import { currentTime } from './current-time.ts';

const at = Date.UTC(2026, 10, 21, 23, 5, 9);
const context = {
  conversationId: 'c',
  turnId: 't',
  toolCallId: 'call',
  signal: new AbortController().signal,
  onOutput: () => {},
};
const ask = (input: Parameters<ReturnType<typeof currentTime>['execute']>[0]) =>
  currentTime(() => at).execute(input, context);

describe('current-time', () => {
  it('answers in UTC when no zone is named', async () => {
    expect(await ask({})).toEqual({ content: '2026-11-21T23:05:09+00:00[UTC]', isError: false });
  });

  it('moves date, hour and offset into the zone asked for', async () => {
    expect(await ask({ timeZone: 'Asia/Kolkata' })).toEqual({
      content: '2026-11-22T04:35:09+05:30[Asia/Kolkata]',
      isError: false,
    });
    expect((await ask({ timeZone: 'America/New_York' })).content).toBe(
      '2026-11-21T18:05:09-05:00[America/New_York]',
    );
  });

  it('writes midnight as hour 00 of the new day', async () => {
    const midnight = currentTime(() => Date.UTC(2026, 0, 1));
    expect((await midnight.execute({}, context)).content).toBe('2026-01-01T00:00:00+00:00[UTC]');
  });

  it.each([
    [{ timeZone: 'Mars/Olympus' }],
    [{ timeZone: '' }],
    [{ timeZone: '+02:00' }],
    [{ timeZone: 7 }],
    [{ timeZone: null }],
    [{ timeZone: 'x'.repeat(10_000) }],
  ])('answers the unusable zone %j with an error result of bounded size', async (input) => {
    const result = await ask(input);
    expect(result.isError).toBe(true);
    expect(result.content.length).toBeLessThan(200);
  });

  it.each([[null], ['UTC'], [[]]])('takes the input %j as no zone at all', async (input) => {
    expect((await ask(input)).content).toBe('2026-11-21T23:05:09+00:00[UTC]');
  });
});
