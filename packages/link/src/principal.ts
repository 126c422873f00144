/** Who a request is from. Made by the gateway from credentials alone, never from a payload. */
export interface Principal {
  readonly userId: string;
  readonly sessionId: string;
  readonly scopes: readonly string[];
  /** When a JWT ends, epoch milliseconds: the kernel never saw it again. Absent: what ends is the kernel's to know. */
  readonly expiresAt?: number;
}

/** Carries the principal as base64url JSON from gateway to kernel. Stripped from outside requests. */
export const PRINCIPAL_HEADER = 'x-dispatch-principal';

/** Carries the per-boot secret that proves a request came from a gateway. Stripped from outside requests. */
export const LINK_SECRET_HEADER = 'x-dispatch-link-secret';

/**
 * The gateway's id of a request, so that its log and the kernel's name the same one. Stripped from outside requests. Absent or
 * not `req_…`: the kernel mints one.
 */
export const REQUEST_ID_HEADER = 'x-dispatch-request-id';

/** The one user of auth mode `local`. */
export const LOCAL_OWNER = 'usr_owner';

/** The `sessionId` of whoever has the data directory: it is theirs to say in whose name they ask. */
export const OPERATOR_SESSION = 'operator';

export function encodePrincipal(principal: Principal): string {
  return Buffer.from(JSON.stringify(principal), 'utf8').toString('base64url');
}

/** Undefined when the value is absent or not a principal. */
export function decodePrincipal(value: string | undefined): Principal | undefined {
  if (value === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(Buffer.from(value, 'base64url').toString('utf8'));
    if (typeof parsed !== 'object' || parsed === null) return undefined;
    const { userId, sessionId, scopes, expiresAt } = parsed as Record<string, unknown>;
    if (typeof userId !== 'string' || typeof sessionId !== 'string' || !Array.isArray(scopes)) {
      return undefined;
    }
    return {
      userId,
      sessionId,
      scopes: scopes.filter((scope) => typeof scope === 'string'),
      ...(typeof expiresAt === 'number' && { expiresAt }),
    };
  } catch {
    return undefined;
  }
}
