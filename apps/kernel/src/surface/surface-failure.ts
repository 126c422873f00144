import type { ErrorCode } from '@dispatch/transport-contract';

/** Why something asked of a surface was not done, in words for the person who asked. Shows nothing internal. */
export class SurfaceFailure extends Error {
  override readonly name = 'SurfaceFailure';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export function unknownSurface(): SurfaceFailure {
  return new SurfaceFailure('unknown-surface', 'there is no surface of this id');
}

/** The extension behind it broke; what it said is in the log and not here. */
export function surfaceFailed(what: string): SurfaceFailure {
  return new SurfaceFailure('action-failed', `the extension behind this surface failed to ${what}`);
}

/** A conversation of somebody else, told apart from nothing that does not exist. */
export function notTheirs(): SurfaceFailure {
  return new SurfaceFailure('not-found', 'there is no such conversation of yours');
}
