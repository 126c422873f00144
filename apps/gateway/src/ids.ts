import { randomBytes } from 'node:crypto';

/** Kinds of ids the gateway mints: conversation, request, turn (of a refusal that never became one), gateway, watch, connection. */
export type IdKind = 'cnv' | 'req' | 'trn' | 'gwy' | 'wtc' | 'con';

/** Chance. The only source of it outside tests. */
export interface Ids {
  /** `<kind>_<26 Crockford base32>`, opaque, without order. */
  mint(kind: IdKind): string;
  /** A number in [0, 1), for jitter. */
  fraction(): number;
}

const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz';

export const systemIds: Ids = {
  mint: (kind) => {
    let id = `${kind}_`;
    for (const byte of randomBytes(26)) id += CROCKFORD[byte & 31];
    return id;
  },
  fraction: () => Math.random(),
};
