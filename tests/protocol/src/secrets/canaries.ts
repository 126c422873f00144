/** A secret whose only use is to be looked for. */
export interface Canary {
  /** The field it was put into. */
  readonly field: string;
  readonly value: string;
}

/** Each way in which a value is easily written down, by name. Base64 has three, since it depends on what stands before. */
function formsOf(value: string): Readonly<Record<string, string>> {
  const bytes = Buffer.from(value, 'utf8');
  const inBase64 = (skipped: number): string => {
    const text = Buffer.concat([Buffer.alloc(skipped), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    // The first and the last characters also hold bits of what stands around.
    return text.slice(skipped === 0 ? 0 : skipped + 1, -1);
  };
  return {
    plain: value,
    'base64 at 0': inBase64(0),
    'base64 at 1': inBase64(1),
    'base64 at 2': inBase64(2),
    hex: bytes.toString('hex'),
    'url-encoded': encodeURIComponent(value),
    'url-encoded throughout': [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  };
}

/** Where canaries are seen: `<place>: <field> <form>`. Case counts only where it means something. */
export function seenIn(
  places: Readonly<Record<string, string>>,
  canaries: readonly Canary[],
): readonly string[] {
  return Object.entries(places).flatMap(([place, text]) => {
    const lower = text.toLowerCase();
    const urlSafe = text.replaceAll('-', '+').replaceAll('_', '/');
    return canaries.flatMap(({ field, value }) =>
      Object.entries(formsOf(value))
        .filter(([form, shown]) =>
          form.startsWith('base64')
            ? text.includes(shown) || urlSafe.includes(shown)
            : lower.includes(shown.toLowerCase()),
        )
        .map(([form]) => `${place}: ${field} ${form}`),
    );
  });
}
