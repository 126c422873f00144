import type { IncomingMessage } from 'node:http';
import type { Credential } from '@dispatch/link';
import { ERRORS, type SignInRequest } from '@dispatch/transport-contract';
import type { Clock } from '../clock.ts';
import { type AccessRules, isTrustedPage } from '../http/access.ts';
import type { ClientAddress } from '../http/client-address.ts';
import type { Identity } from '../link/ask-identity.ts';
import { type KernelRpc, KernelUnavailable } from '../link/kernel-rpc.ts';
import { type Refusal, refusalOfError, refuse } from '../refusal.ts';
import type { Authenticated, Authenticator, SignedIn, Standing } from './authenticator.ts';
import type { Caller } from './caller.ts';
import type { CallerCache } from './caller-cache.ts';
import { ProviderUnavailable } from './oidc/fetch-json.ts';
import type { BroughtCode, Oidc } from './oidc/open-oidc.ts';
import { type Occasion, type ShownCredential, shownCredential } from './shown-credential.ts';

/** One answer for everything that is wrong with a credential, so that nobody learns which. */
export const UNAUTHENTICATED: Refusal = refuse(
  'unauthenticated',
  'Nothing here says who you are.',
  'Sign in, or send Authorization: Bearer with a token.',
);
const FOREIGN_PAGE: Refusal = refuse(
  'forbidden-origin',
  'With a cookie only pages of this site, or of an allowed origin, may do this.',
  'Send a token instead, or name the origin in DISPATCH_ALLOWED_ORIGINS.',
);
const NO_PROVIDER: Refusal = refuse(
  'invalid-request',
  'There is no identity provider here; sign in with a token.',
);
const PROVIDER_AWAY: Refusal = refuse(
  'provider-unavailable',
  'The identity provider cannot be reached; try again in a moment.',
);
const TOKEN_PREFIX = 'dsp_';
const READING: readonly (string | undefined)[] = ['GET', 'HEAD'];

export interface CredentialParts {
  readonly identity: Identity;
  readonly rpc: KernelRpc;
  readonly cache: CallerCache;
  readonly clock: Clock;
  readonly rules: AccessRules;
  readonly addressOf: ClientAddress;
  /** Absent: only our own tokens are good. */
  readonly oidc?: Oidc;
}

/** Auth modes `token` and `oidc`: whoever shows a credential that the kernel knows. */
export class CredentialAuthenticator implements Authenticator {
  readonly #parts: CredentialParts;

  constructor(parts: CredentialParts) {
    this.#parts = parts;
  }

  async authenticate(incoming: IncomingMessage, occasion: Occasion): Promise<Authenticated> {
    const shown = shownCredential(incoming, occasion);
    if (shown === undefined) return { ok: false, refusal: UNAUTHENTICATED };
    const changes = occasion === 'upgrade' || !READING.includes(incoming.method);
    if (shown.via === 'cookie' && changes && !isTrustedPage(incoming, this.#parts.rules)) {
      return { ok: false, refusal: FOREIGN_PAGE };
    }
    return orUnavailable(
      shown.via === 'ticket'
        ? this.#redeem(incoming, shown.secret)
        : this.#check(shown, this.#parts.addressOf(incoming)),
    );
  }

  signIn(request: SignInRequest, address: string): Promise<SignedIn> {
    return orUnavailable(
      'token' in request ? this.#withToken(request.token, address) : this.#withCode(request, address),
    );
  }

  /** A session that was made with a token ends with it. */
  async #withToken(secret: string, address: string): Promise<SignedIn> {
    const known = await this.#check({ via: 'bearer', secret }, address);
    return known.ok ? { ok: true, caller: known.caller, endsWith: known.caller.expiresAt } : known;
  }

  /** The token that comes for a code says who signed in, once; how long they stay is ours to say. */
  async #withCode(brought: BroughtCode, address: string): Promise<SignedIn> {
    const { oidc, identity } = this.#parts;
    if (oidc === undefined) return { ok: false, refusal: NO_PROVIDER };
    const credential = await oidc.exchange(brought);
    if (credential === undefined) return { ok: false, refusal: UNAUTHENTICATED };
    const verified = await identity.verify({ credential, address });
    if (!verified.ok) return { ok: false, refusal: neutral(verified.refusal) };
    return { ok: true, caller: verified.answer, endsWith: null };
  }

  /** Who is behind a token or a cookie. */
  async #check(shown: ShownCredential, address: string): Promise<Authenticated> {
    const { cache, clock } = this.#parts;
    const remembered = cache.find(shown);
    const standing = (): Promise<Standing> => this.#standing(shown, address);
    if (remembered !== undefined) return { ok: true, ...remembered, standing };
    const askedAt = clock.mono();
    const credential = await this.#credential(shown);
    if (credential === undefined) return { ok: false, refusal: UNAUTHENTICATED };
    const verified = await this.#parts.identity.verify({ credential, address });
    if (!verified.ok) return { ok: false, refusal: neutral(verified.refusal) };
    const caller: Caller = verified.answer;
    cache.keep(shown, { caller, askedAt });
    return { ok: true, caller, askedAt, standing };
  }

  async #credential({ via, secret }: ShownCredential): Promise<Credential | undefined> {
    if (via === 'cookie') return { kind: 'session', secret };
    if (secret.startsWith(TOKEN_PREFIX)) return { kind: 'token', secret };
    return this.#parts.oidc?.readToken(secret);
  }

  /** Who has many connections is asked about once for all of them, if that is at the same time. */
  async #standing(shown: ShownCredential, address: string): Promise<Standing> {
    const known = await orUnavailable(this.#check(shown, address)).catch(() => undefined);
    if (known === undefined) return 'unknown';
    if (known.ok) return 'good';
    // Only those are limited who showed something bad too often, of which this is once more.
    const { code } = known.refusal;
    return code === 'unauthenticated' || code === 'rate-limited' ? 'over' : 'unknown';
  }

  async #redeem(incoming: IncomingMessage, ticket: string): Promise<Authenticated> {
    const askedAt = this.#parts.clock.mono();
    const redeemed = await this.#parts.identity.redeemTicket({
      ticket,
      origin: incoming.headers.origin ?? null,
      address: this.#parts.addressOf(incoming),
    });
    if (!redeemed.ok) return { ok: false, refusal: neutral(redeemed.refusal) };
    const caller: Caller = redeemed.answer;
    return { ok: true, caller, askedAt, standing: () => this.#standingOf(caller) };
  }

  /** A ticket is spent, so the kernel is asked what it asks of every caller: whether their session still is one. */
  async #standingOf({ principal }: Caller): Promise<Standing> {
    try {
      const answer = await this.#parts.rpc.request({
        method: 'GET',
        path: '/me',
        principal,
        repeatable: true,
      });
      return answer.status === 401 ? 'over' : 'good';
    } catch {
      return 'unknown';
    }
  }
}

/** Whoever has to be asked and cannot be is no reason to let somebody in, nor to call them a stranger. */
async function orUnavailable<T>(
  answer: Promise<T>,
): Promise<T | { readonly ok: false; readonly refusal: Refusal }> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof KernelUnavailable) return { ok: false, refusal: refusalOfError(error) };
    if (error instanceof ProviderUnavailable) return { ok: false, refusal: PROVIDER_AWAY };
    throw error;
  }
}

/** What the kernel has against a credential is for its log. That it cannot say, or that it was asked too often, is for the client. */
function neutral(refusal: Refusal): Refusal {
  const isOurs = (ERRORS[refusal.code].status ?? 500) >= 500 || refusal.code === 'rate-limited';
  return isOurs ? refusal : UNAUTHENTICATED;
}
