import type { Scope } from './scope.ts';

/**
 * Names of the HTTP operations.
 *
 * @since 0.10.0
 */
export type RouteName =
  | 'health'
  | 'ready'
  | 'version'
  | 'models'
  | 'chat'
  | 'warm'
  | 'conversations'
  | 'history'
  | 'conversationMetrics'
  | 'closeConversation'
  | 'stopConversation'
  | 'regenerate'
  | 'versions'
  | 'activateVersion'
  | 'fork'
  | 'conversationStatus'
  | 'cwd'
  | 'setCwd'
  | 'title'
  | 'setTitle'
  | 'conversationModel'
  | 'setConversationModel'
  | 'lsp'
  | 'throughput'
  | 'me'
  | 'sessions'
  | 'endSession'
  | 'tokens'
  | 'createToken'
  | 'revokeToken'
  | 'users'
  | 'createUser'
  | 'changeUser'
  | 'audit'
  | 'signIn'
  | 'signOut'
  | 'ticket'
  | 'presence'
  | 'setStatus'
  | 'queueMessage'
  | 'queue'
  | 'changeQueued'
  | 'cancelQueued'
  | 'approvals'
  | 'answerApproval'
  | 'grants'
  | 'revokeGrant'
  | 'metrics';

/**
 * One HTTP operation, as data.
 *
 * @since 0.10.0
 */
export interface Route<Name extends RouteName = RouteName> {
  readonly name: Name;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Parameters start with a colon: `/conversations/:id`. */
  readonly path: string;
  readonly scope: Scope;
  /** Version of this package that had it first. */
  readonly since: string;
  /** What it does, in one sentence. */
  readonly summary: string;
  /** Name of the type of its query. Absent: it takes none. */
  readonly query?: string;
  /** Name of the type of its body. Absent: it takes none. */
  readonly request?: string;
  /** Name of the type of its answer; `AgentEvent` for the stream of `chat`. */
  readonly response: string;
  /**
   * Status of that answer. Absent: 200.
   *
   * @since 0.14.0
   */
  readonly status?: 202;
}
