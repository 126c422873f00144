import { ROUTES, type RouteName } from '@dispatch/transport-contract';
import { routeSchemas } from '@dispatch/transport-contract/schema';
import { hostileText } from '../fuzz/hostile-values.ts';
import { MUTATIONS, type Mutation, mutated } from '../fuzz/mutations.ts';
import { acceptedBy } from '../fuzz/schema-values.ts';
import type { Random } from '../random.ts';
import type { RawRequest } from './http-lane.ts';
import { ODD_KEYS, oddHeaders } from './odd-headers.ts';
import { oddId, oddMethod, oddQuery } from './odd-targets.ts';

/** What may be done to the request of a route; not all of it fits every route. */
export const CHANGES = [
  'right',
  ...MUTATIONS,
  'no-body',
  'invalid-utf8',
  'body-too-large',
  'half-a-million-values',
  'odd-query',
  'odd-id',
  'odd-key',
  'odd-headers',
  'odd-method',
] as const;
export type Change = (typeof CHANGES)[number];

export const ROUTE_NAMES = Object.keys(ROUTES) as readonly RouteName[];

/** One request to send. */
export interface RouteRequest {
  readonly route: RouteName;
  readonly change: Change;
  readonly request: RawRequest;
  /** Only the body may be wrong, so the contract's schema says whether it is to be accepted. */
  readonly isJudgedByBody: boolean;
  /** The conversation the path names; absent: it names none, or oddly. */
  readonly conversationId?: string;
}

/** Whether a change means anything for a route. */
export function fits(route: RouteName, change: Change): boolean {
  const { query, request } = routeSchemas[route];
  if (change === 'odd-query') return query !== undefined;
  if (change === 'odd-id') return ROUTES[route].path.includes(':id');
  if (change === 'odd-key') return ROUTES[route].method !== 'GET';
  if (['right', 'odd-headers', 'odd-method'].includes(change)) return true;
  return request !== undefined;
}

/** Makes a request; `mark` makes what it may write its own. */
export function routeRequest(route: RouteName, change: Change, mark: string, random: Random): RouteRequest {
  const { method, path } = ROUTES[route];
  const { query, request } = routeSchemas[route];
  const conversationId = ownId(mark, random);
  const values =
    request === undefined ? undefined : ownBody(acceptedBy(request, random) as object, mark, random);
  const body = values === undefined ? Buffer.alloc(0) : changedBody(values, change, random);
  const segment = change === 'odd-id' ? oddId(random) : encodeURIComponent(conversationId);
  const right =
    query === undefined ? '' : `?${new URLSearchParams(rightQuery(acceptedBy(query, random) as object))}`;
  const target =
    path.replace(':id', () => segment) + (change === 'odd-query' ? oddQuery(query, random) : right);
  const headers: (readonly [string, string])[] =
    request === undefined ? [] : [['Content-Type', 'application/json']];
  if (change === 'odd-key') headers.push(...random.pick(ODD_KEYS));
  if (change === 'odd-headers') headers.push(...oddHeaders(random));
  return {
    route,
    change,
    request: { method: change === 'odd-method' ? oddMethod(method, random) : method, target, headers, body },
    isJudgedByBody: !change.startsWith('odd-'),
    ...(path.includes(':id') && change !== 'odd-id' && { conversationId }),
  };
}

function changedBody(values: object, change: Change, random: Random): Buffer {
  if (change === 'no-body') return Buffer.alloc(0);
  const text = JSON.stringify(values);
  if (change === 'invalid-utf8') {
    const bytes = random.pick([[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xe2, 0x82]]);
    const at = text.indexOf('":"') + 3;
    if (at === 2) return Buffer.concat([Buffer.from(text), Buffer.from(bytes)]);
    return Buffer.concat([Buffer.from(text.slice(0, at)), Buffer.from(bytes), Buffer.from(text.slice(at))]);
  }
  if (change === 'body-too-large')
    return Buffer.from(text.replace(/\}$/, `,"x":"${'x'.repeat(1024 * 1024)}"}`));
  if (change === 'half-a-million-values') {
    return Buffer.from(text.replace(/\}$/, `,"x":[${'0,'.repeat(510_000)}0]}`));
  }
  return Buffer.from(isMutation(change) ? mutated(values, change, random) : text, 'utf8');
}

function isMutation(change: Change): change is Mutation {
  return (MUTATIONS as readonly string[]).includes(change);
}

/** An id nobody else writes to, with whatever characters an id may have. */
function ownId(mark: string, random: Random): string {
  return `${mark} ${hostileText(random)}`.slice(0, 60).replace(/[\p{Cc}/\p{Surrogate}]/gu, '_');
}

/** A message of its own, that a fast model answers. */
function ownBody(values: object, mark: string, random: Random): object {
  const body: Record<string, unknown> = { ...values };
  if (body['message'] !== undefined) {
    body['message'] = `${mark} ${String(body['message'])}`;
    body['model'] = random.chance(0.8) ? 'demo/fast' : 'demo/none';
    if (body['conversationId'] !== undefined) body['conversationId'] = ownId(mark, random);
    if (body['idempotencyKey'] !== undefined) body['idempotencyKey'] = mark.replaceAll(' ', '-');
  }
  return body;
}

/** As text. A cursor is right only when a list gave it, which the schema cannot say. */
function rightQuery(values: object): Record<string, string> {
  const pairs = Object.entries(values).filter(([name]) => name !== 'cursor');
  return Object.fromEntries(pairs.map(([name, value]) => [name, String(value)]));
}
