/** `GET` and `PUT /conversations/:id/cwd`: the working directory of a conversation's tools. */
export interface CwdResponse {
  readonly conversationId: string;
  /** Absolute path. Null when none is stored, also for an unknown id. */
  readonly cwd: string | null;
}

/** `PUT /conversations/:id/cwd`. Creates the conversation when it is new. */
export interface SetCwdRequest {
  /** Absolute path, not empty. */
  readonly cwd: string;
}
