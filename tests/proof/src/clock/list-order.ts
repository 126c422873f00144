import { type DispatchProcesses, request, streamChat } from '@dispatch/tests-processes';
import type { Attack } from '../harness.ts';
import type { FakedClock } from './faked-clock.ts';
import { namedJumps } from './jumps.ts';

const MARK = 'in the order of the list';

/** Conversations that are begun and continued while the kernel's clock stands at all kinds of times are listed by their newest activity. */
export async function listOrder(
  dispatch: DispatchProcesses,
  kernel: FakedClock,
  { random, count, violation }: Attack,
): Promise<void> {
  const newest: string[] = [];
  const say = async (conversationId: string) => {
    const message = `${MARK}. words: 3`;
    await streamChat(dispatch.httpUrl, { conversationId, message, model: 'demo/fast' });
    const place = newest.indexOf(conversationId);
    if (place !== -1) newest.splice(place, 1);
    newest.unshift(conversationId);
  };
  const expectOrder = async (when: string) => {
    const [first, ...rest] = newest;
    const { listed, moved } = await readPages(dispatch.httpUrl, async () => {
      // Somebody talks while the pages are read: the conversation moves to the front, and nothing behind it gets lost.
      const other = random.pick(rest);
      await say(other);
      return other;
    });
    const expected = [first, ...rest.filter((id) => id !== moved)];
    const others = listed.filter((id) => id !== moved);
    count('listed pages');
    if (others.join(' ') === expected.join(' ')) return;
    violation(`Q5: ${when}: listed ${others.join(' ')} instead of ${expected.join(' ')}`);
  };

  for (const [index, { name, offsetMs }] of namedJumps().entries()) {
    kernel.set(offsetMs);
    await say(`list-${index}-jumped`);
    kernel.set(0);
    await say(`list-${index}-true`);
    if (index < 2) continue;
    await say(random.pick(newest));
    await expectOrder(`after ${name} and back`);
  }
}

/** Reads the list two at a time; `between` is run after the first page. */
async function readPages(
  httpUrl: string,
  between: () => Promise<string>,
): Promise<{ readonly listed: readonly string[]; readonly moved: string }> {
  const listed: string[] = [];
  let moved = '';
  for (let cursor: string | null = ''; cursor !== null; ) {
    const at: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const { body } = await request(
      httpUrl,
      'GET',
      `/conversations?q=${encodeURIComponent(MARK)}&limit=2${at}`,
    );
    listed.push(...body.conversations.map(({ id }: { id: string }) => id));
    if (cursor === '') moved = await between();
    cursor = body.nextCursor;
  }
  return { listed, moved };
}
