import type { ActionRef } from './action-ref.ts';

/**
 * What every field may carry.
 *
 * @since 0.3.0
 */
export interface FieldIdentity {
  /**
   * Stays the same for the same field over all specs of its surface, so that a renderer keeps focus and input. Absent: tell fields apart by kind and
   * action, else by kind, label and place.
   */
  readonly id?: string;
}

/** A switch. Its action takes the wanted boolean as payload; without a payload the value flips. */
export interface ToggleField extends FieldIdentity {
  readonly kind: 'toggle';
  /** What people read. */
  readonly label: string;
  /** Whether it is on. */
  readonly value: boolean;
  readonly action: ActionRef;
}

/** How far something has come. */
export interface ProgressField extends FieldIdentity {
  readonly kind: 'progress';
  /** What people read. */
  readonly label: string;
  /** A fraction from 0 to 1. */
  readonly value: number;
}

/** One choice of a {@link SelectorField}. */
export interface SurfaceOption {
  /** What the action takes as payload. */
  readonly value: string;
  /** What people read. */
  readonly label: string;
}

/** A choice of one. Its action takes the chosen value as payload. */
export interface SelectorField extends FieldIdentity {
  readonly kind: 'selector';
  /** What people read. */
  readonly label: string;
  /** The chosen option's `value`. */
  readonly value: string;
  /** What can be chosen, in order. */
  readonly options: readonly SurfaceOption[];
  readonly action: ActionRef;
}

/** A figure to read. Already formatted: the backend decides digits and unit. */
export interface StatField extends FieldIdentity {
  readonly kind: 'stat';
  /** What people read. */
  readonly label: string;
  /** Text, also when it is a number. An em dash when unknown. */
  readonly value: string;
}

/** A number to set. Its action takes the new number as payload. */
export interface NumberField extends FieldIdentity {
  readonly kind: 'number';
  /** What people read. */
  readonly label: string;
  readonly value: number;
  /** Smallest accepted value. Absent: no lower limit is told. */
  readonly min?: number;
  /** Largest accepted value. Absent: no upper limit is told. */
  readonly max?: number;
  /** Distance between sensible values. Absent: any. */
  readonly step?: number;
  /** Unit of `value`, `min`, `max` and `step` for people, for example `s`. Absent: none. */
  readonly unit?: string;
  readonly action: ActionRef;
}

/** Something to do. Its action takes no payload. */
export interface ButtonField extends FieldIdentity {
  readonly kind: 'button';
  /** What people read. */
  readonly label: string;
  readonly action: ActionRef;
}

/** Data for a renderer that the frontend may know. Skip it when `rendererId` is unknown; that is no error. */
export interface CustomField extends FieldIdentity {
  readonly kind: 'custom';
  /** Names the shape of `payload`. The extension's own contract package has its type. */
  readonly rendererId: string;
  /** Any JSON value. */
  readonly payload: unknown;
}

/** One row of a surface, told apart by `kind`. Skip unknown kinds; they are no error. */
export type SurfaceField =
  | ToggleField
  | ProgressField
  | SelectorField
  | StatField
  | NumberField
  | ButtonField
  | CustomField;
