import type { User } from '@dispatch/collab-contract';

/**
 * A user as administrators see them.
 *
 * @since 0.13.0
 */
export interface UserSummary extends User {
  readonly createdAt: number;
  /** Null: they may sign in. */
  readonly disabledAt: number | null;
}

/**
 * `GET /users`: everybody, in the order they came.
 *
 * @since 0.13.0
 */
export interface UsersResponse {
  readonly users: readonly UserSummary[];
}

/**
 * `POST /users`: a user without any credential yet.
 *
 * @since 0.13.0
 */
export interface CreateUserRequest {
  /** 1–100 characters. */
  readonly name: string;
  /** Absent: `member`. */
  readonly role?: User['role'];
}

/**
 * `PUT /users/:userId`. Absent fields stay as they are. Who is disabled, or gets another role, is signed out everywhere.
 *
 * @since 0.13.0
 */
export interface ChangeUserRequest {
  /** 1–100 characters. */
  readonly name?: string;
  readonly role?: User['role'];
  /** True: they can do nothing from now on, and all their tokens and sessions are revoked. */
  readonly disabled?: boolean;
}

/**
 * Answer of `POST /users` and `PUT /users/:userId`.
 *
 * @since 0.13.0
 */
export interface UserResponse {
  readonly user: UserSummary;
}

/**
 * Query of `GET /audit`.
 *
 * @since 0.13.0
 */
export interface AuditQuery {
  /** Only what comes behind this number. Absent: 0. */
  readonly since?: number;
  /** 1–500. Absent: 100. */
  readonly limit?: number;
}

/**
 * Something that somebody did or was refused. Never content of messages, never a secret.
 *
 * @since 0.13.0
 */
export interface AuditEntry {
  /** Its place in the trail: from 1, without gaps. */
  readonly seq: number;
  readonly at: number;
  /** A user's id, `operator` (whoever has the data directory), `anonymous` or `kernel`. */
  readonly actor: string;
  /** `token.created`, `sign-in.failed`, …; an open set. */
  readonly action: string;
  /** What it was done to. Null: nothing in particular. */
  readonly target: string | null;
  readonly detail: Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
  /** Hex SHA-256 over the hash before and this entry. */
  readonly hash: string;
}

/**
 * `GET /audit`: in order.
 *
 * @since 0.13.0
 */
export interface AuditResponse {
  readonly entries: readonly AuditEntry[];
  /** The newest number there is; 0 while there is none. */
  readonly latestSeq: number;
}
