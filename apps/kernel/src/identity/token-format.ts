import { crc32 } from 'node:zlib';
import type { Ids } from '../ports.ts';

/** What a secret opens: an API token, or a browser session. */
export type SecretKind = 'tok' | 'ses';

/** A secret taken apart. */
export interface ParsedSecret {
  readonly kind: SecretKind;
  /** `tok_…` or `ses_…`: the row it is looked up by. */
  readonly id: string;
}

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** So many digits hold 256 bits. */
const SECRET_DIGITS = 43;
const SECRET_BYTES = 32;
const FORM = /^(dsp_(tok|ses)_([0-9a-hjkmnp-tv-z]{26})_[0-9A-Za-z]{43})_([0-9a-f]{8})$/;

/** A new secret for the row `id`: `dsp_<kind>_<id>_<256 random bits>_<crc32>`. Its form lets scanners find leaked ones. */
export function mintSecret(id: string, ids: Pick<Ids, 'random'>): string {
  const body = `dsp_${id}_${base62(BigInt(`0x${ids.random(SECRET_BYTES)}`))}`;
  return `${body}_${checksum(body)}`;
}

/** Undefined: it is none of ours, or was mistyped; no look-up is needed to know. */
export function parseSecret(secret: string): ParsedSecret | undefined {
  const match = FORM.exec(secret);
  if (match === null) return undefined;
  const [, body = '', kind, id, sum] = match;
  if (checksum(body) !== sum) return undefined;
  return { kind: kind as SecretKind, id: `${kind}_${id}` };
}

function base62(value: bigint): string {
  let digits = '';
  for (let rest = value; digits.length < SECRET_DIGITS; rest /= 62n) {
    digits = `${BASE62[Number(rest % 62n)]}${digits}`;
  }
  return digits;
}

function checksum(body: string): string {
  return crc32(body).toString(16).padStart(8, '0');
}
