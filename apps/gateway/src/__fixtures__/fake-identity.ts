import { type Credential, IDENTITY_ROUTES, type Principal, type VerifyAnswer } from '@dispatch/link';
import type { FakeAnswer, SeenRequest } from './fake-answer.ts';

/** What a fake kernel knows of people. Every token, cookie and ticket is made by a test. */
export class FakeIdentity {
  /** Answers of `verify`, by the secret of a token or session, or the subject of a JWT. */
  readonly known = new Map<string, VerifyAnswer>();
  /** Who a ticket was made for, with the page it is good for. */
  readonly tickets = new Map<string, { readonly answer: VerifyAnswer; readonly origin: string | null }>();
  /** Credentials it was asked about, in order. */
  readonly asked: Credential[] = [];
  /** Where they were shown, one for each of those. */
  readonly addresses: string[] = [];
  #count = 0;

  /** Makes a token good from now on. */
  allow(
    secret: string,
    answer: {
      readonly scopes?: readonly string[];
      readonly userId?: string;
      readonly expiresAt?: number;
    } = {},
  ): VerifyAnswer {
    const { scopes = ['chat:read', 'chat:write'], userId = 'usr_ann', expiresAt = null } = answer;
    const verified: VerifyAnswer = {
      principal: { userId, sessionId: `tok_${secret}`, scopes },
      user: { id: userId, name: 'Ann', role: 'member' },
      kind: 'token',
      expiresAt,
    };
    this.known.set(secret, verified);
    return verified;
  }

  /** Undefined: it is no question of this kind. */
  answer({ path, body }: SeenRequest, principal: Principal): FakeAnswer | undefined {
    const routes = Object.entries(IDENTITY_ROUTES);
    const name = routes.find(([, route]) => route.path === path)?.[0];
    if (name === undefined) return path === '/me' ? this.#me(principal) : undefined;
    const asked = JSON.parse(body);
    if (name === 'verify') return this.#verify(asked);
    if (name === 'ticket') return this.#ticket(asked.origin, principal);
    if (name === 'redeemTicket') return this.#redeem(asked.ticket, asked.origin);
    return this.#startSession(principal);
  }

  #verify({ credential, address }: { credential: Credential; address: string }): FakeAnswer {
    this.asked.push(credential);
    this.addresses.push(address);
    const verified = this.known.get(credential.kind === 'jwt' ? credential.subject : credential.secret);
    const isOver = (verified?.expiresAt ?? Number.POSITIVE_INFINITY) <= Date.now();
    return verified === undefined || isOver ? STRANGER : { status: 200, body: verified };
  }

  #startSession(principal: Principal): FakeAnswer {
    this.#count += 1;
    const secret = `ses-secret-${this.#count}`;
    const verified: VerifyAnswer = {
      principal: { ...principal, sessionId: `ses_${this.#count}` },
      user: { id: principal.userId, name: 'Ann', role: 'member' },
      kind: 'session',
      expiresAt: Date.now() + 3_600_000,
    };
    this.known.set(secret, verified);
    const session = { id: verified.principal.sessionId, expiresAt: verified.expiresAt };
    return { status: 200, body: { secret, session, verified } };
  }

  #ticket(origin: string | null, principal: Principal): FakeAnswer {
    const answer = this.#of(principal);
    if (answer === undefined) return STRANGER;
    this.#count += 1;
    const ticket = `tkt_${this.#count}`;
    this.tickets.set(ticket, { answer, origin });
    return { status: 200, body: { ticket, expiresAt: Date.now() + 30_000 } };
  }

  #redeem(ticket: string, origin: string | null): FakeAnswer {
    const held = this.tickets.get(ticket);
    this.tickets.delete(ticket);
    return held === undefined || held.origin !== origin ? STRANGER : { status: 200, body: held.answer };
  }

  #me(principal: Principal): FakeAnswer {
    return this.#of(principal) === undefined ? STRANGER : { status: 200, body: {} };
  }

  #of({ sessionId }: Principal): VerifyAnswer | undefined {
    return [...this.known.values()].find(({ principal }) => principal.sessionId === sessionId);
  }
}

const STRANGER: FakeAnswer = {
  status: 401,
  body: { error: 'not known', code: 'unauthenticated', retryable: false, requestId: 'req_kernel' },
};
