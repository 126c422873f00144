const LIMIT = 200;

/** Anything with a scheme, IPv4 addresses, host:port, mail addresses. */
const ADDRESSES =
  /\b[a-z][a-z0-9+.-]*:\/\/\S+|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b|\b[\w.-]+:\d{2,5}\b|\S+@\S+/gi;
/** Frames of a stack, and absolute paths of at least two parts; names of models have slashes too, but do not begin with one. */
const PATHS =
  /\bat (?:async )?[\w.<>$ [\]]{1,80} \([^)]{0,300}\)|(?<![\w.…])(?:\b[a-z]:)?(?:[/\\][\w.@+-]+){2,}(?::\d+)*/gi;
/** What keys of known makers start with, and what follows the words that introduce one. */
const KEYS =
  /\b(?:sk|pk|rk|gsk|xai|hf|ghp|github_pat|AIza)[-_][\w*.-]{4,}|\bAIza[\w-]{10,}|\b(?:bearer|basic)\s+\S+/gi;
/** Anything this long without a break is a secret or noise, never a word. */
const OPAQUE = /[A-Za-z0-9+/=_*-]{40,}/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it removes
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/**
 * A provider's words made fit for people and logs: one line of at most 200 characters, without keys, addresses and paths.
 * `lead` is ours and comes first; an empty rest leaves the lead alone.
 */
export function plainMessage(lead: string, rest = ''): string {
  const clean = rest
    .slice(0, 4000)
    .replace(ADDRESSES, '…')
    .replace(PATHS, '…')
    .replace(KEYS, '…')
    .replace(OPAQUE, '…')
    .replace(CONTROL, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const sentence = clean === '' ? `${lead}.` : `${lead}: ${clean}`;
  if (sentence.length <= LIMIT) return sentence;
  return `${sentence.slice(0, LIMIT - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
