const SHOWN = '[redacted]';

/** Fields that hold secrets wherever they stand in a log line; the second net, for what is no `Secret`. */
export const LOG_REDACTION: { readonly paths: string[]; readonly censor: string } = {
  paths: ['apiKey', 'authorization', 'cookie', 'password', 'secret', 'ticket', 'token'].flatMap((name) => [
    name,
    `*.${name}`,
    `*.*.${name}`,
  ]),
  censor: SHOWN,
};

/** What a secret looks like in any text: our own tokens, bearer values, JWTs, our session cookie, tickets in addresses. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/\bdsp_[\w-]{8,}/g, `dsp_${SHOWN}`],
  [/\b(bearer)(\s+|%20)[\w.~+/=-]{8,}/gi, `$1 ${SHOWN}`],
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, SHOWN],
  [/\b(dispatch_session=)[^;\s"\\]+/g, `$1${SHOWN}`],
  [/([?&]ticket=)[^&\s"\\]+/g, `$1${SHOWN}`],
];

/** The third net: a line as it may be written. */
export function redactText(line: string): string {
  return PATTERNS.reduce((text, [pattern, shown]) => text.replace(pattern, shown), line);
}
