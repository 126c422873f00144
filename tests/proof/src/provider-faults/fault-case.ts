import type { ModelFormat, ScriptedReply } from '@dispatch/testkit';

/** One row of the table: what a model does to a turn, and what must come of it. */
export interface FaultCase {
  readonly name: string;
  readonly format: ModelFormat;
  /** What the requests of the turn get, in order; the last one answers all further ones. */
  readonly replies: readonly [ScriptedReply, ...ScriptedReply[]];
  readonly expected: Expected;
  /** A person stops the turn: as soon as the model was asked, or once text was shown. Absent: nobody does. */
  readonly stop?: 'asked' | 'shown';
  /** Full name of a model nobody serves, to be asked instead. */
  readonly model?: string;
}

export interface Expected {
  /** `done.reason`. */
  readonly reason: string;
  /** Code of the one error. Absent: there must be none. Several: each would be right. */
  readonly code?: string | readonly string[];
  /** Text that is shown, in whole. Absent: any. */
  readonly text?: string;
  /** What is shown is a beginning of this. Absent: anything may be. */
  readonly textWithin?: string;
  /** How often the model is asked. Absent: three times if nothing was shown, else once. */
  readonly requests?: number;
  /** Calls of tools, each with one result. Absent: any number. */
  readonly calls?: number;
  /** `delayMs` of the retries. Absent: any. */
  readonly delays?: readonly number[];
}

/** Retries of the installation, and with them the requests a passing failure costs before anything is shown. */
export const RETRIES = 2;

/** Every case asks a model of its own, a UUID. Streams say who speaks, so that the name decides where their bytes stand. */
export const MODEL_NAME_LENGTH = 36;
