/** How every command ends. Scripts rely on these numbers. */
export const EXIT = {
  success: 0,
  /** Anything without a number of its own. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** It was carried through and found something: `doctor`, `probe`. */
  findings: 3,
  /** The gateway does not let us in. */
  authentication: 4,
  /** Nothing, or more than one thing, has that id. */
  notFound: 5,
  /** The server's state or version does not allow it. */
  conflict: 6,
  /** No gateway answers. */
  unreachable: 7,
  /** The run ended aborted or failed. */
  runFailed: 8,
  /** Another kernel holds the data directory. */
  locked: 73,
  /** A setting cannot be used. */
  configuration: 78,
  interrupted: 130,
  terminated: 143,
} as const;

/** Exit codes of a child after which starting it again cannot help. */
export const FINAL_CHILD_CODES: readonly number[] = [EXIT.configuration, EXIT.locked];
