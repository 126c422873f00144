import { z } from 'zod';
import type {
  AuditQuery,
  AuditResponse,
  ChangeUserRequest,
  CreateTokenRequest,
  CreateTokenResponse,
  CreateUserRequest,
  SessionsResponse,
  TokensResponse,
  UserResponse,
  UsersResponse,
} from '../index.ts';
import { exact } from './exact.ts';
import { wellFormedText } from './inbound-fields.ts';
import { wholeNumber } from './whole-number.ts';

const scope = z.enum(
  ['public', 'signed-in', 'chat:read', 'chat:write', 'metrics:read', 'admin'],
  'must be a scope',
);
const role = z.enum(['owner', 'admin', 'member', 'guest'], 'must be owner, admin, member or guest');
const time = z.number();

/** A name as somebody gives it to a person or a token: trimmed. */
const nameSchema = wellFormedText('must be a string')
  .trim()
  .min(1, 'must not be empty')
  .max(100, 'must have at most 100 characters')
  .refine((name) => !/\p{Cc}/u.test(name), 'must have no control characters');

const session = z.object({
  id: z.string(),
  createdAt: time,
  lastUsedAt: time,
  expiresAt: time,
  userAgent: z.string().nullable(),
  current: z.boolean(),
});
const token = z.object({
  id: z.string(),
  userId: z.string(),
  name: z.string(),
  scopes: z.array(scope),
  createdAt: time,
  expiresAt: time.nullable(),
  lastUsedAt: time.nullable(),
  revokedAt: time.nullable(),
});
const user = z.object({
  id: z.string(),
  name: z.string(),
  role,
  createdAt: time,
  disabledAt: time.nullable(),
});

/** Checks a {@link SessionsResponse}. */
export const sessionsResponseSchema: z.ZodType<SessionsResponse> = exact<SessionsResponse>()(
  z.object({ sessions: z.array(session) }),
);

/** Checks a {@link TokensResponse}. */
export const tokensResponseSchema: z.ZodType<TokensResponse> = exact<TokensResponse>()(
  z.object({ tokens: z.array(token) }),
);

/** Reads the body of `POST /tokens`. */
export const createTokenRequestSchema: z.ZodType<CreateTokenRequest> = exact<CreateTokenRequest>()(
  z.object({
    name: nameSchema,
    scopes: z.array(scope, 'must be a list of scopes').min(1, 'must not be empty').max(10),
    expiresInDays: wholeNumber(1, 3_650).exactOptional(),
  }),
);

/** Checks a {@link CreateTokenResponse}. */
export const createTokenResponseSchema: z.ZodType<CreateTokenResponse> = exact<CreateTokenResponse>()(
  z.object({ token, secret: z.string() }),
);

/** Checks a {@link UsersResponse}. */
export const usersResponseSchema: z.ZodType<UsersResponse> = exact<UsersResponse>()(
  z.object({ users: z.array(user) }),
);

/** Reads the body of `POST /users`. */
export const createUserRequestSchema: z.ZodType<CreateUserRequest> = exact<CreateUserRequest>()(
  z.object({ name: nameSchema, role: role.exactOptional() }),
);

/** Reads the body of `PUT /users/:userId`. */
export const changeUserRequestSchema: z.ZodType<ChangeUserRequest> = exact<ChangeUserRequest>()(
  z.object({
    name: nameSchema.exactOptional(),
    role: role.exactOptional(),
    disabled: z.boolean('must be true or false').exactOptional(),
  }),
);

/** Checks a {@link UserResponse}. */
export const userResponseSchema: z.ZodType<UserResponse> = exact<UserResponse>()(z.object({ user }));

/** Reads the query of `GET /audit`. */
export const auditQuerySchema: z.ZodType<AuditQuery> = exact<AuditQuery>()(
  z.object({ since: wholeNumber(0).exactOptional(), limit: wholeNumber(1, 500).exactOptional() }),
);

const detail = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]),
);

/** Checks an {@link AuditResponse}. */
export const auditResponseSchema: z.ZodType<AuditResponse> = exact<AuditResponse>()(
  z.object({
    entries: z.array(
      z.object({
        seq: z.int().min(1),
        at: time,
        actor: z.string(),
        action: z.string(),
        target: z.string().nullable(),
        detail,
        hash: z.string(),
      }),
    ),
    latestSeq: z.int().min(0),
  }),
);
