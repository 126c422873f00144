import { createHash } from 'node:crypto';
import type { Credential, OidcSettings } from '@dispatch/link';
import { errors, type JWTPayload, type JWTVerifyResult, jwtVerify } from 'jose';
import type { Clock } from '../../clock.ts';
import type { OidcProvider } from './provider.ts';

/** Seconds by which the provider's clock may differ from ours. */
const TOLERANCE_S = 30;
const LONGEST_LIFE_S = 24 * 3_600;
const TOKEN_CAP = 16 * 1024;
/** What a token may say it is. Others are signed by the same keys and mean something else: to be signed out, for example. */
const TYPES: readonly string[] = ['jwt', 'at+jwt'];
const NAME_CAP = 200;
const SUBJECT_CAP = 255;

export interface JwtReader {
  readonly settings: OidcSettings;
  readonly provider: Pick<OidcProvider, 'key'>;
  readonly clock: Clock;
}

/**
 * Checks a token for an audience. Undefined: it is not good, for whatever reason. Throws `ProviderUnavailable` when the keys
 * cannot be had.
 */
export async function readJwt(
  { settings, provider, clock }: JwtReader,
  audience: string,
  token: string,
): Promise<Credential | undefined> {
  if (token.length > TOKEN_CAP) return undefined;
  const { issuer, algorithms } = settings;
  const now = clock.wall();
  let verified: JWTVerifyResult;
  try {
    verified = await jwtVerify(token, provider.key, {
      issuer,
      audience,
      algorithms: [...algorithms],
      clockTolerance: TOLERANCE_S,
      currentDate: new Date(now),
      requiredClaims: ['exp', 'iat', 'sub'],
    });
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined;
    throw error;
  }
  const type = verified.protectedHeader.typ?.toLowerCase().replace(/^application\//, '') ?? '';
  return TYPES.includes(type) ? credentialOf(verified.payload, token, issuer, now) : undefined;
}

function credentialOf(
  claims: JWTPayload,
  token: string,
  issuer: string,
  now: number,
): Credential | undefined {
  const { sub, exp, iat, jti } = claims;
  if (sub === undefined || exp === undefined || iat === undefined) return undefined;
  if (sub === '' || sub.length > SUBJECT_CAP) return undefined;
  if (exp - iat > LONGEST_LIFE_S || iat > now / 1000 + TOLERANCE_S) return undefined;
  const name = nameOf(claims);
  return {
    kind: 'jwt',
    issuer,
    subject: sub,
    ...(name !== undefined && { name }),
    expiresAt: (exp + TOLERANCE_S) * 1000,
    jwtId: jti ?? createHash('sha256').update(token).digest('base64url'),
  };
}

function nameOf({ name, preferred_username: username }: JWTPayload): string | undefined {
  const given = [name, username].find((one): one is string => typeof one === 'string' && one.trim() !== '');
  return given?.trim().slice(0, NAME_CAP);
}
