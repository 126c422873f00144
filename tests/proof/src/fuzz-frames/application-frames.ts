import { CLIENT_FRAMES, type WsClientMessage } from '@dispatch/transport-contract';
import { clientFrameSchemas } from '@dispatch/transport-contract/schema';
import { hostileText } from '../fuzz/hostile-values.ts';
import { MUTATIONS, mutated } from '../fuzz/mutations.ts';
import { acceptedBy } from '../fuzz/schema-values.ts';
import type { Random } from '../random.ts';
import { ACTIONS, type Expected, expectedOf, SURFACES } from './expected-answer.ts';

/** One message to send, how it was made, and what the contract says of it. */
export interface ApplicationFrame {
  readonly text: string;
  /** `<type>: right` or `<type>: <what was done to it>`. */
  readonly kind: string;
  readonly expected: Expected;
}

export const FRAME_TYPES = Object.keys(CLIENT_FRAMES) as readonly WsClientMessage['type'][];

/** What may be done to a message of any type. */
export const WRONG = [...MUTATIONS, 'unknown-type'] as const;

const SURFACE_FRAMES: readonly string[] = ['subscribe', 'unsubscribe', 'invoke'];

/** How often a message of each type is right. A right `chat.send` runs a turn, which costs more than all else. */
const RIGHT = 0.4;
const RIGHT_SEND = 0.12;

/** Makes messages of every type of the contract's table; `mark` is in every id, key and text that must be its own. */
export function applicationFrame(random: Random, mark: string): ApplicationFrame {
  const type = random.pick(FRAME_TYPES);
  const frame = { ...(acceptedBy(clientFrameSchemas[type], random) as Record<string, unknown>) };
  if (random.chance(0.7)) frame['id'] = mark;
  if (type === 'chat.send') asOwnTurn(frame, mark, random);
  // A tab of another one's name would end that one's socket.
  if (frame['tab'] !== undefined) frame['tab'] = mark;
  const isRight = random.chance(type === 'chat.send' ? RIGHT_SEND : RIGHT);
  if (SURFACE_FRAMES.includes(type)) asOfSurface(frame, mark, isRight, random);
  if (isRight) return made(frame, `${type}: right`);
  const mutation = random.pick(WRONG);
  if (mutation === 'unknown-type') {
    return made({ ...frame, type: unknownType(random) }, `${type}: ${mutation}`);
  }
  const text = mutated(frame, mutation, random);
  const expected = expectedOf(text);
  // A mutation that is right after all may have given it the name of another one's tab.
  const isOfTab = expected.outcome === 'accepted' && 'tab' in expected.frame;
  if (isOfTab && expected.frame.tab !== mark) return made(frame, `${type}: ${mutation}`);
  return { text, kind: `${type}: ${mutation}`, expected };
}

function made(frame: object, kind: string): ApplicationFrame {
  const text = JSON.stringify(frame);
  return { text, kind, expected: expectedOf(text) };
}

/** A message of its own in a conversation of its own, answered quickly. */
function asOwnTurn(frame: Record<string, unknown>, mark: string, random: Random): void {
  frame['message'] = `${mark} ${String(frame['message'])}`;
  frame['model'] = random.chance(0.8) ? 'demo/fast' : 'demo/none';
  if (frame['conversationId'] !== undefined)
    frame['conversationId'] = `${mark} ${hostileText(random)}`
      .slice(0, 40)
      .replace(/[\p{Cc}/\p{Surrogate}]/gu, '_');
  if (frame['idempotencyKey'] !== undefined) frame['idempotencyKey'] = mark;
}

/**
 * Mostly about a surface there is, in a conversation there may be. An action there is runs only where its answer can be told by its id, since whether its
 * payload fits is its own matter.
 */
function asOfSurface(frame: Record<string, unknown>, mark: string, isRight: boolean, random: Random): void {
  if (random.chance(0.2)) return;
  frame['surfaceId'] = random.pick([...SURFACES.keys()]);
  if (random.chance(0.7)) frame['conversationId'] = random.pick(['c-1', 'c-2', 'c-3', mark]);
  if (frame['type'] !== 'invoke' || !isRight || random.chance(0.3)) return;
  frame['id'] = mark;
  frame['actionId'] = random.pick(ACTIONS);
  if (random.chance(0.6))
    frame['payload'] = random.pick<unknown>([true, false, 1, 0, 3_300, -1, 1e9, 'on', { value: 2 }]);
}

function unknownType(random: Random): unknown {
  const server = ['hello', 'ack', 'chat.delta', 'error', 'bye', 'pong'];
  return random.pick<unknown>([
    ...server,
    'Ping',
    'ping ',
    'chat.',
    'chat.nothing',
    hostileText(random),
    '',
    null,
    5,
    ['ping'],
  ]);
}
