/** What only the inside of the system knows, and what an error of a library looks like. */
const INSIDE: readonly RegExp[] = [
  /node_modules/,
  /\.[cm]?[jt]s:\d/,
  /\bat (?:async |new )?[\w.$<>]+ ?\(/,
  /\n\s+at /,
  /\/(?:tmp|home|usr|root|var)\//,
  /\b(?:TypeError|RangeError|SyntaxError|ReferenceError|ZodError|SqliteError|EnvelopeError)\b/,
  /\bsqlite|\bdrizzle|\bSQLITE_/i,
  /\b(?:select|insert into|delete from|update \w+ set)\b.*\b(?:from|values|where)\b/i,
  /\bE(?:NOENT|CONNREFUSED|CONNRESET|PIPE|ACCES|INVAL|ADDRINUSE)\b/,
  /\b(?:undefined|null) is not|Cannot read propert|is not a function|is not iterable/,
  /Unexpected (?:token|end|number|string|non-whitespace)|in JSON at position/,
  /rpc\.sock|events\.sock|link\.secret|dispatch\.db/,
  /\[object Object\]/,
];

/** The first thing in a text for people that belongs inside; undefined: nothing does. */
export function leakIn(text: string): string | undefined {
  for (const pattern of INSIDE) {
    const match = pattern.exec(text);
    if (match !== null) return match[0];
  }
  return undefined;
}
