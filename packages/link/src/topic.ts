import type { Topic } from './frames.ts';

const TURN = 'turn:';
const SURFACE = 'surface:';
/** One part of a surface topic: colons and percent signs are escaped, nothing else is. */
const PART = /^(?:[^%:]|%25|%3A)*$/;

/** What a surface topic is about. */
export interface SurfaceTopicParts {
  readonly surfaceId: string;
  /** Absent: no conversation is in focus, or the surface is the same in all. */
  readonly conversationId?: string;
  /** Absent: everybody sees the same. */
  readonly userId?: string;
}

/** The topic that carries every `chat.delta` of a conversation. */
export function turnTopic(conversationId: string): Topic {
  return `${TURN}${conversationId}`;
}

/** The conversation of a turn topic. */
export function conversationOfTopic(topic: Topic): string {
  return topic.slice(TURN.length);
}

/** The topic that carries the updates of a surface. Ids may hold anything. */
export function surfaceTopic({ surfaceId, conversationId, userId }: SurfaceTopicParts): Topic {
  const parts = [surfaceId];
  if (conversationId !== undefined || userId !== undefined) parts.push(conversationId ?? '');
  if (userId !== undefined) parts.push(userId);
  return `${SURFACE}${parts.map(escaped).join(':')}`;
}

/** What a surface topic is about. Undefined: it is none, or not in the one form such a topic has. */
export function readSurfaceTopic(topic: string): SurfaceTopicParts | undefined {
  if (!topic.startsWith(SURFACE)) return undefined;
  const parts = topic.slice(SURFACE.length).split(':');
  const last = parts.at(-1);
  if (parts.length > 3 || last === '' || parts[0] === '' || !parts.every((part) => PART.test(part))) {
    return undefined;
  }
  const [surfaceId = '', conversationId = '', userId] = parts.map(plain);
  return {
    surfaceId,
    ...(conversationId !== '' && { conversationId }),
    ...(userId !== undefined && { userId }),
  };
}

/** Whether a text names a stream of frames. */
export function isTopic(value: string): value is Topic {
  return value.startsWith(TURN) ? value.length > TURN.length : readSurfaceTopic(value) !== undefined;
}

function escaped(part: string): string {
  return part.replaceAll('%', '%25').replaceAll(':', '%3A');
}

function plain(part: string): string {
  return part.replaceAll('%3A', ':').replaceAll('%25', '%');
}
