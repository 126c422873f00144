import type { ErrorCode, WsClientMessage } from '@dispatch/transport-contract';
import { clientFrameSchemas, conversationIdSchema, frameIdSchema } from '@dispatch/transport-contract/schema';

/** Limits of JSON from outside, as operators are told them. */
const MOST_LEVELS = 32;
const MOST_VALUES = 10_000;
const PROTOTYPE_KEYS: readonly string[] = ['__proto__', 'constructor', 'prototype'];

/** The surfaces of a kernel as it ships, and whose they are. */
export const SURFACES: ReadonlyMap<string, 'global' | 'conversation'> = new Map([
  ['loaded-extensions', 'global'],
  ['cache-warming', 'conversation'],
]);

/** The actions of `cache-warming`. */
export const ACTIONS: readonly string[] = [
  'cache-warming/toggle',
  'cache-warming/set-interval',
  'cache-warming/warm',
  'cache-warming/set-budget-money',
  'cache-warming/set-budget-warms',
  'cache-warming/set-budget-idle',
];

/** What the contract says of one message of a client. */
export type Expected =
  | { readonly outcome: 'accepted'; readonly frame: WsClientMessage }
  | {
      readonly outcome: 'refused';
      readonly code: ErrorCode;
      /** The id the refusal must carry; absent: the message had none that can be given back. */
      readonly id?: string;
      readonly isChat: boolean;
    };

/** Reads a message as the contract's own schemas do, written apart from the gateway. */
export function expectedOf(text: string): Expected {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { outcome: 'refused', code: 'invalid-json', isChat: false };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const code = isWithinLimits(value) ? 'invalid-request' : 'invalid-json';
    return { outcome: 'refused', code, isChat: false };
  }
  const { id, type } = value as Readonly<Record<string, unknown>>;
  const about = {
    outcome: 'refused',
    ...(isFrameId(id) && { id }),
    isChat: typeof type === 'string' && type.startsWith('chat.'),
  } as const;
  if (!isWithinLimits(value)) return { ...about, code: 'invalid-json' };
  if (typeof type !== 'string' || !Object.hasOwn(clientFrameSchemas, type)) {
    return { ...about, code: 'unknown-frame' };
  }
  const read = clientFrameSchemas[type as WsClientMessage['type']].safeParse(value);
  if (!read.success) return { ...about, code: 'invalid-request' };
  const code = refusalOfTyping(read.data) ?? refusalOfSurface(read.data);
  return code === undefined ? { outcome: 'accepted', frame: read.data } : { ...about, code };
}

/** There is no channel yet; whoever says too often that they type in one hears that instead. */
function refusalOfTyping({ type }: WsClientMessage): ErrorCode | undefined {
  return type === 'typing.start' || type === 'typing.stop' ? 'not-found' : undefined;
}

/** Why a frame about a surface is refused that its schema lets through. Undefined: it is not, or only what it acts on can tell. */
function refusalOfSurface(frame: WsClientMessage): ErrorCode | undefined {
  if (frame.type !== 'subscribe' && frame.type !== 'invoke') return undefined;
  const { surfaceId, conversationId } = frame;
  const scope = SURFACES.get(surfaceId);
  const isNamed = conversationId !== undefined && scope !== 'global';
  if (isNamed && !conversationIdSchema.safeParse(conversationId).success) return 'invalid-request';
  if (scope === undefined) return 'unknown-surface';
  if (frame.type === 'subscribe') return undefined;
  if (scope === 'conversation' && conversationId === undefined) return 'invalid-request';
  return ACTIONS.includes(frame.actionId) && scope === 'conversation' ? undefined : 'unknown-action';
}

/** Whether JSON keeps to the limits for depth and size and has no key that reaches a prototype. */
export function isWithinLimits(root: unknown): boolean {
  let level: readonly unknown[] = [root];
  let values = 0;
  for (let depth = 1; level.length > 0; depth += 1) {
    values += level.length;
    const containers = level.filter((value): value is object => typeof value === 'object' && value !== null);
    if (values > MOST_VALUES || (containers.length > 0 && depth > MOST_LEVELS)) return false;
    for (const value of containers) {
      if (!Array.isArray(value) && PROTOTYPE_KEYS.some((key) => Object.hasOwn(value, key))) return false;
    }
    level = containers.flatMap((value) => Object.values(value) as unknown[]);
  }
  return true;
}

function isFrameId(id: unknown): id is string {
  return frameIdSchema.safeParse(id).success;
}
