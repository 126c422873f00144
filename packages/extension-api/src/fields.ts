import type {
  ButtonField,
  CustomField,
  NumberField,
  ProgressField,
  SelectorField,
  StatField,
  ToggleField,
} from '@dispatch/ui-contract';

/** A switch. */
export function toggle(label: string, value: boolean, actionId: string): ToggleField {
  return { kind: 'toggle', label, value, action: { actionId } };
}

/** A number to set. */
export function number(
  label: string,
  value: number,
  actionId: string,
  range: Pick<NumberField, 'min' | 'max' | 'step' | 'unit'> = {},
): NumberField {
  return { kind: 'number', label, value, ...range, action: { actionId } };
}

/** A choice of one. */
export function selector(
  label: string,
  value: string,
  options: SelectorField['options'],
  actionId: string,
): SelectorField {
  return { kind: 'selector', label, value, options, action: { actionId } };
}

/** A figure to read; an em dash when it is not known. */
export function stat(label: string, value: string | undefined): StatField {
  return { kind: 'stat', label, value: value ?? '—' };
}

/** How far something has come, from 0 to 1. */
export function progress(label: string, value: number): ProgressField {
  return { kind: 'progress', label, value: Math.min(1, Math.max(0, value)) };
}

/** Something to do. */
export function button(label: string, actionId: string): ButtonField {
  return { kind: 'button', label, action: { actionId } };
}

/** Data for a renderer. Its type is that of the renderer's contract: `custom<TablePayload>(TABLE_RENDERER_ID, …)`. */
export function custom<Payload>(rendererId: string, payload: Payload): CustomField {
  return { kind: 'custom', rendererId, payload };
}
