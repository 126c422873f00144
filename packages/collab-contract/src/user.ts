/** A person who may sign in here. */
export interface User {
  /** `usr_…`, opaque. */
  readonly id: string;
  /** As the operator or the identity provider named them; for people to read. */
  readonly name: string;
  /** What they may do in the workspace. */
  readonly role: WorkspaceRole;
}

/** `owner` everything · `admin` everything but ending the workspace · `member` their own work · `guest` only what they are invited to. */
export type WorkspaceRole = 'owner' | 'admin' | 'member' | 'guest';
