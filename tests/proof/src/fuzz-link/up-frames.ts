import {
  LINK_VERSION,
  type LinkUpFrame,
  type LinkUserFrame,
  type LinkWatchFrame,
  LOCAL_OWNER,
  surfaceTopic,
  type Topic,
  turnTopic,
} from '@dispatch/link';
import { hostileText } from '../fuzz/hostile-values.ts';
import { MUTATIONS, mutated } from '../fuzz/mutations.ts';
import type { Random } from '../random.ts';

/** A frame a gateway could send, its values as odd as they may be. */
export function upFrame(random: Random, secret = 'secret'): LinkUpFrame {
  const kind = random.integer(0, 7);
  if (kind === 0) return { type: 'hello', v: LINK_VERSION, gatewayId: name(random), secret };
  if (kind === 1) return { type: 'unwatch', conn: name(random), topic: topic(random) };
  if (kind === 2) return { type: 'user-gone', userId: userId(random) };
  if (kind === 3) return userFrame(random);
  return watchFrame(random, name(random));
}

/** A question for some user's stream from some number. */
function userFrame(random: Random): LinkUserFrame {
  const after = random.pick([undefined, 0, 1, 499, 2 ** 31, Number.MAX_SAFE_INTEGER]);
  const frame = { type: 'user', userId: userId(random), ask: random.integer(-1, 9) } as const;
  return after === undefined ? frame : { ...frame, after };
}

const userId = (random: Random): string => (random.chance(0.5) ? LOCAL_OWNER : name(random));

/** A watch of some conversation or surface from some cursor. */
export function watchFrame(random: Random, conn: string): LinkWatchFrame {
  const after = random.pick<LinkWatchFrame['after']>([
    undefined,
    { n: -1 },
    { n: random.pick([0, 7, 2 ** 31, Number.MAX_SAFE_INTEGER]) },
    { turnId: name(random), n: random.integer(-1, 3) },
    { behind: null },
    { behind: name(random) },
  ]);
  const who = { userId: name(random), sessionId: 'local', scopes: ['chat:read'] };
  const frame = { type: 'watch', conn, topic: topic(random), ...who } as const;
  return after === undefined ? frame : { ...frame, after };
}

/** The text of a frame that is not as it should be, mostly. */
export function brokenUpFrame(random: Random): string {
  return mutated(upFrame(random), random.pick(MUTATIONS), random);
}

/** A stream there may be: of a turn, of a surface there is or is not, in any conversation, for any user. */
function topic(random: Random): Topic {
  if (random.chance(0.5)) return turnTopic(name(random));
  const surfaceId = random.pick(['cache-warming', 'cache-warming', 'loaded-extensions', part(random)]);
  return surfaceTopic({
    surfaceId,
    ...(random.chance(0.6) && { conversationId: part(random) }),
    ...(random.chance(0.3) && { userId: part(random) }),
  });
}

/** Escaped it is up to three times as long, and a topic has three of them. */
const part = (random: Random): string => name(random).slice(0, 60);

function name(random: Random): string {
  const text = hostileText(random).slice(0, 250);
  return text === '' ? 'n' : text;
}
