import type { VersionResponse } from '@dispatch/transport-contract';

/** What `--check` of the two processes prints, as far as it is read here. They are not imported: the CLI only starts them. */

export interface KernelFacts {
  readonly native:
    | { readonly loads: true; readonly sqlite: string }
    | { readonly loads: false; readonly reason: string };
  readonly dataDirectory: DirectoryFacts;
  readonly sockets: { readonly directory: string; readonly apart: boolean } | { readonly reason: string };
  /** Null, like `database`: the native module does not load. */
  readonly lock: LockFacts | null;
  readonly database: DatabaseFacts | null;
  /** Null: the settings can be used. */
  readonly settingsFault: string | null;
  readonly unknownVariables: readonly { readonly name: string; readonly meant?: string }[];
  readonly secretFiles: readonly {
    readonly from: string;
    readonly path: string;
    readonly mode: number | null;
  }[];
  readonly disabledExtensions: readonly { readonly id: string; readonly reason: string }[];
  readonly credentials: readonly CredentialFacts[];
  readonly models: readonly NamedModel[];
}

export interface DirectoryFacts {
  readonly path: string;
  readonly state: 'absent' | 'directory' | 'other' | 'unreachable';
  /** The nearest folder that exists. */
  readonly nearest: string;
  readonly writable: boolean;
  readonly ownedByUs: boolean | null;
  readonly mode: number | null;
  readonly freeBytes: number | null;
  /** Kind of a file system that is not local; null: it is. */
  readonly remote: string | null;
}

export interface LockFacts {
  readonly held: boolean;
  readonly pid?: number;
  /** Why it cannot be told. */
  readonly reason?: string;
}

export type DatabaseFacts =
  | { readonly state: 'absent'; readonly orphan?: string }
  | { readonly state: 'damaged' | 'refused' | 'unreadable'; readonly reason: string }
  | {
      readonly state: 'readable';
      readonly bytes: number;
      readonly walBytes: number;
      readonly pendingMigrations: number | null;
      readonly epoch: string | null;
      readonly found: readonly string[] | null;
      readonly leftOut?: string;
      /** First entry of the audit trail that is missing or was changed. Absent: none, or it was not looked at. */
      readonly damagedAudit?: number;
    };

export interface CredentialFacts {
  readonly name: string;
  readonly provider: string;
  readonly hasKey: boolean;
  readonly origin: string | null;
  readonly answer:
    | { readonly state: 'listed'; readonly models: readonly string[] }
    | { readonly state: 'failed'; readonly code: string; readonly message: string }
    | { readonly state: 'not-asked'; readonly reason: 'offline' | 'listed-by-operator' | 'no-provider' };
  readonly clockSkewMs: number | null;
}

export interface NamedModel {
  readonly name: string;
  readonly use: 'default' | 'fallback';
  readonly hasCredential: boolean;
  readonly isListed: boolean | null;
}

export interface GatewayFacts {
  readonly versions: Versions;
  readonly settings:
    | { readonly host: string; readonly httpPort: number; readonly wsPort: number; readonly auth: string }
    | { readonly fault: string };
}

/** As `GET /version` tells them. */
export type Versions = Pick<VersionResponse, 'gateway' | 'contracts'>;
