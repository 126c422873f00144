const MOVED = 'not run: the working directory of the conversation was changed since this turn began';

/** Why a call does not run, as the model reads it. */
export const REFUSALS = {
  tooLong: 'not run: the arguments are too long for a person to look at',
  unasked: 'not run: the disk is full, and nobody could be asked',
  full: 'not run: the disk is full',
  damaged: 'not run: what is stored about this call is damaged',
  denied: 'not run: a person denied this call',
  expired: 'not run: nobody allowed this call in time',
  // The end of a turn takes questions back, too, but then nobody reads why.
  withdrawn: MOVED,
  unapproved: 'not run: nobody allowed exactly this call',
  revoked: 'not run: what allowed this call was taken back',
  moved: MOVED,
  unknown: 'interrupted, outcome unknown',
  lost: 'the call ended, but its result was lost when the backend stopped',
} as const;
