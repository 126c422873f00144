/**
 * How long a provider asked to wait, in milliseconds, from its response headers (lower-case names). Reads `retry-after-ms`
 * and both forms of `retry-after`: seconds, and an HTTP date, taken against the answer's own `date` where it has one,
 * so that a wrong clock here does not matter. Absent, unreadable or past: undefined. Not capped.
 */
export function retryAfterMs(
  headers: Readonly<Record<string, string | undefined>> | undefined,
  now: number,
): number | undefined {
  if (headers === undefined) return undefined;
  const exact = wholeNumber(headers['retry-after-ms']);
  if (exact !== undefined) return exact;
  const asked = headers['retry-after']?.trim();
  if (asked === undefined || asked === '') return undefined;
  const seconds = wholeNumber(asked);
  if (seconds !== undefined) return Math.ceil(seconds * 1000);
  if (!/[a-z]{3}/i.test(asked)) return undefined;
  const until = Date.parse(asked);
  const answered = Date.parse(headers['date'] ?? '');
  const wait = until - (Number.isNaN(answered) ? now : answered);
  return Number.isFinite(wait) && wait >= 0 ? wait : undefined;
}

function wholeNumber(text: string | undefined): number | undefined {
  if (text === undefined || !/^\s*\d{1,10}(\.\d{1,6})?\s*$/.test(text)) return undefined;
  return Number(text);
}
