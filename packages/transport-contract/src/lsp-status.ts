/** `not-started` nobody asked for it yet · `starting` · `connected` · `error` it could not be started or has died. */
export type LspServerState = 'connected' | 'starting' | 'error' | 'not-started';

/** One language server of a working directory. */
export interface LspServerInfo {
  /** Name in the configuration. */
  readonly id: string;
  /** What people read. */
  readonly name: string;
  /** Absolute path it serves. */
  readonly root: string;
  /** File extensions it serves, each with its leading dot. */
  readonly extensions: readonly string[];
  readonly state: LspServerState;
  /** One sentence for people. Only with state `error`. */
  readonly error?: string;
}

/** `GET /conversations/:id/lsp`: the language servers of the conversation's working directory. */
export interface LspStatusResponse {
  readonly conversationId: string;
  /** Null when none is stored; then there are no servers. */
  readonly cwd: string | null;
  readonly servers: readonly LspServerInfo[];
}
