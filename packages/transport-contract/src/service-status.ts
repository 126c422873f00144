import type { ContractVersions } from './hello.ts';

/** `GET /health`: the gateway answers. */
export interface HealthResponse {
  readonly ok: true;
}

/**
 * `GET /readyz`: 200 when turns can be started, else 503 with `ok: false`.
 *
 * @since 0.10.0
 */
export interface ReadyResponse {
  readonly ok: boolean;
}

/**
 * `GET /version`: what is running here.
 *
 * @since 0.10.0
 */
export interface VersionResponse {
  /** Version of the gateway. */
  readonly gateway: string;
  readonly contracts: ContractVersions;
  /** New with every start of the kernel. Null while the kernel was not reached yet. */
  readonly bootId: string | null;
  /** Made with the database. Null while the kernel was not reached yet. */
  readonly epoch: string | null;
}
