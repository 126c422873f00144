import type {
  ButtonField,
  NumberField,
  SelectorField,
  SurfaceSpec,
  ToggleField,
} from '@dispatch/ui-contract';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import { oneLine, withUnit } from './layout.ts';

/** A field that can be acted on. */
type Actable = ToggleField | SelectorField | NumberField | ButtonField;

/** What a `--do` means on a surface as it stands. */
export interface SurfaceAction {
  readonly actionId: string;
  /** Absent for a button. */
  readonly payload?: unknown;
  /** For people: `Refresh Interval = 10 s`. */
  readonly text: string;
}

const SWITCH: Readonly<Record<string, boolean>> = { on: true, true: true, off: false, false: false };

/**
 * Reads `<field or action>[=<value>]`: the field's label in any case and with dashes for spaces, its id, or the action id.
 *
 * @throws CliError `usage` when nothing is called like that, or the value is none for it
 */
export function readAction(spec: SurfaceSpec, wish: string): SurfaceAction {
  const fields = spec.fields.filter(isActable);
  // A name may hold `=` itself: the longest one that exists counts.
  for (let end = wish.length; end > 0; end = wish.lastIndexOf('=', end - 1)) {
    const found = fields.filter((field) => isCalled(field, wish.slice(0, end)));
    const [field, second] = found;
    if (field === undefined) continue;
    if (second !== undefined) {
      const ids = found.map(({ action }) => action.actionId).join(', ');
      throw usage(`The surface has several fields called "${wish.slice(0, end)}".`, `Say which: ${ids}`);
    }
    return actionOf(field, end === wish.length ? undefined : wish.slice(end + 1));
  }
  const all = acts(spec);
  const hint = all.length === 0 ? 'Nothing of it can be acted on.' : `There is: ${all.join(', ')}`;
  const name = wish.replace(/=.*$/, '');
  throw usage(`The surface "${oneLine(spec.title)}" has nothing called "${name}" to act on.`, hint);
}

/** Everything a surface can be asked to do now, as `--do` takes it. */
export function acts(spec: SurfaceSpec): string[] {
  return spec.fields.filter(isActable).map((field) => {
    const name = slug(field.label);
    switch (field.kind) {
      case 'toggle':
        return `${name}=${field.value ? 'off' : 'on'}`;
      case 'selector':
        return `${name}=${field.options.map(({ value }) => oneLine(value)).join('|')}`;
      case 'number':
        return `${name}=<${oneLine(field.unit ?? 'number')}>`;
      case 'button':
        return name;
      default:
        return field satisfies never;
    }
  });
}

function actionOf(field: Actable, value: string | undefined): SurfaceAction {
  const { actionId } = field.action;
  const label = oneLine(field.label);
  if (field.kind === 'button') {
    if (value !== undefined) throw usage(`${label} is a button and takes no value.`);
    return { actionId, text: label };
  }
  const meant = value?.trim() ?? '';
  if (field.kind === 'toggle') {
    const payload = SWITCH[meant.toLowerCase()];
    // Never a flip: what is meant must not depend on what happens to be.
    if (payload === undefined) throw usage(`${label} is on or off: ${slug(label)}=on`);
    return { actionId, payload, text: `${label} = ${payload ? 'on' : 'off'}` };
  }
  if (field.kind === 'number') {
    const unit = field.unit?.trim() ?? '';
    const figure = unit !== '' && meant.endsWith(unit) ? meant.slice(0, -unit.length).trim() : meant;
    const payload = Number(figure);
    if (figure === '' || !Number.isFinite(payload)) {
      throw usage(`${label} takes a number: ${slug(label)}=${field.value}`);
    }
    return { actionId, payload, text: `${label} = ${withUnit(payload, field.unit)}` };
  }
  const chosen =
    field.options.find((option) => option.value === meant) ??
    field.options.find((option) => slug(option.label) === slug(meant));
  if (chosen === undefined) {
    const values = field.options.map((option) => option.value).join(', ');
    throw usage(`${label} has no choice "${meant}".`, `There is: ${values}`);
  }
  return { actionId, payload: chosen.value, text: `${label} = ${oneLine(chosen.label)}` };
}

function isActable(field: SurfaceSpec['fields'][number]): field is Actable {
  return ['toggle', 'selector', 'number', 'button'].includes(field.kind);
}

function isCalled({ label, id, action }: Actable, name: string): boolean {
  return slug(label) === slug(name) || id === name || action.actionId === name;
}

/** In lower case, with dashes for spaces. */
const slug = (text: string): string =>
  oneLine(text)
    .toLowerCase()
    .replace(/[ _-]+/g, '-');

function usage(message: string, hint?: string): CliError {
  return new CliError('usage', EXIT.usage, message, hint);
}
