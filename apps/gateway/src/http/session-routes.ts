import type { IncomingMessage, ServerResponse } from 'node:http';
import { isLoopbackHost, type VerifyAnswer } from '@dispatch/link';
import type { MeResponse, RevokedResponse, Scope } from '@dispatch/transport-contract';
import { signInRequestSchema } from '@dispatch/transport-contract/schema';
import type { KnownCaller } from '../auth/authenticator.ts';
import { SESSION_COOKIE } from '../auth/shown-credential.ts';
import { invalidRequest, refusalOfAnswer } from '../refusal.ts';
import { parseSafeJsonBytes } from '../safe-json.ts';
import type { Services } from '../services.ts';
import { sendJson, sendRefusal } from './answer.ts';
import { readBody } from './body.ts';

const USER_AGENT_CAP = 200;

/** `POST /session`: turns what a person has to show into a session of this browser. In auth mode `local` there is none to be had. */
export async function signIn(
  services: Services,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const body = await readBody(incoming);
  if (!body.ok) return sendRefusal(outgoing, body.refusal);
  const json = parseSafeJsonBytes(body.bytes);
  if (!json.ok) return sendRefusal(outgoing, json.refusal);
  const request = signInRequestSchema.safeParse(json.value);
  if (!request.success) return sendRefusal(outgoing, invalidRequest(request.error));
  const address = services.addressOf(incoming);
  const known = await services.authenticator.signIn(request.data, address);
  if (!known.ok) return sendRefusal(outgoing, known.refusal);
  const { caller, endsWith } = known;
  if (caller.kind === 'local') return sendJson(outgoing, 200, meOf(caller));
  const userAgent = incoming.headers['user-agent']?.slice(0, USER_AGENT_CAP);
  const started = await services.identity.startSession(caller.principal, {
    address,
    expiresAt: endsWith,
    ...(userAgent !== undefined && { userAgent }),
  });
  if (!started.ok) return sendRefusal(outgoing, started.refusal);
  const { secret, session, verified } = started.answer;
  const seconds = Math.max(0, Math.floor((session.expiresAt - services.clock.wall()) / 1000));
  outgoing.setHeader('Set-Cookie', sessionCookie(incoming, secret, seconds));
  sendJson(outgoing, 200, meOf(verified));
}

/** `DELETE /session`: ends the session of this browser. Whoever came with a token keeps it. */
export async function signOut(
  services: Services,
  { caller }: KnownCaller,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { principal, kind } = caller;
  outgoing.setHeader('Set-Cookie', sessionCookie(incoming, '', 0));
  if (kind !== 'session') return sendJson(outgoing, 200, { revoked: false } satisfies RevokedResponse);
  const { sessionId } = principal;
  const path = `/sessions/${encodeURIComponent(sessionId)}`;
  const answer = await services.kernel.rpc.request({ method: 'DELETE', path, principal, repeatable: true });
  // 404: it was ended in between, which is what was asked for.
  const revoked = answer.status === 200;
  if (!revoked && answer.status !== 404) return sendRefusal(outgoing, refusalOfAnswer(answer));
  services.credentials.revoked({ type: 'revoked', sessionIds: [sessionId] });
  sendJson(outgoing, 200, { revoked } satisfies RevokedResponse);
}

/** `POST /ws-ticket`: lets this caller, from this page, open one connection without showing more than the ticket. */
export async function ticket(
  { identity, addressOf }: Services,
  { caller }: KnownCaller,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const origin = incoming.headers.origin ?? null;
  const made = await identity.ticket(caller.principal, { origin, address: addressOf(incoming) });
  if (!made.ok) return sendRefusal(outgoing, made.refusal);
  sendJson(outgoing, 200, made.answer);
}

/** No script reads it, no other site's form sends it, and it leaves this machine only encrypted. */
function sessionCookie({ headers }: IncomingMessage, secret: string, seconds: number): string {
  const host = URL.canParse(`http://${headers.host}`) ? new URL(`http://${headers.host}`).hostname : '';
  const isLocal = isLoopbackHost(host.replace(/^\[|\]$/g, ''));
  const parts = [`${SESSION_COOKIE}=${secret}`, 'Path=/', `Max-Age=${seconds}`, 'HttpOnly', 'SameSite=Lax'];
  return [...parts, ...(isLocal ? [] : ['Secure'])].join('; ');
}

function meOf({ user, principal, kind, expiresAt }: VerifyAnswer): MeResponse {
  const { sessionId: id, scopes } = principal;
  return { user, scopes: scopes as readonly Scope[], session: { id, kind, expiresAt } };
}
