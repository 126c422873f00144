const CALL_ID_CHARACTERS = 40;
const TOOL_NAME_CHARACTERS = 64;
const UNSAFE = /[^a-zA-Z0-9_-]/g;

/**
 * The text with a replacement character for every half of a surrogate pair that stands alone: UTF-8 cannot carry it, and providers refuse the JSON
 * escape of it. (With the flag `u` the halves of a whole pair do not match.)
 */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

/** The same for every text inside a JSON value, names of fields included. */
export function wellFormedJson<T>(value: T): T {
  const json = JSON.stringify(value);
  // A lone half is the only thing JSON.stringify escapes like this, unless the text itself talks of escapes.
  if (json === undefined || !/\\ud[89a-f]/.test(json)) return value;
  return JSON.parse(json.replace(/(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g, '$1\\ufffd'));
}

/** At most so many characters from the start, without tearing a surrogate pair apart. */
export function cutText(text: string, characters: number): string {
  if (text.length <= characters) return text;
  const last = text.charCodeAt(characters - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? characters - 1 : characters);
}

/** A name that no call before it has: `used` grows by it. Providers refuse a prompt in which two calls share an id. */
export function uniqueCallId(
  wanted: string,
  used: Set<string>,
  characters = Number.POSITIVE_INFINITY,
): string {
  const base = wanted === '' ? 'call' : wanted;
  let id = base.slice(0, characters);
  // Counting from the size finds a free name at once, however many share one.
  for (let copy = used.size + 1; used.has(id); copy += 1) {
    const suffix = `_${copy}`;
    id = base.slice(0, characters - suffix.length) + suffix;
  }
  used.add(id);
  return id;
}

/** The same in the alphabet and length that every provider accepts, whichever one made the id. */
export function uniquePromptCallId(wanted: string, used: Set<string>): string {
  return uniqueCallId(wanted.replace(UNSAFE, '_'), used, CALL_ID_CHARACTERS);
}

/** Whether an id of a call may stand in a prompt as it is. */
export function isPromptCallId(id: string): boolean {
  return id !== '' && id.length <= CALL_ID_CHARACTERS && id.search(UNSAFE) < 0;
}

/**
 * The name of a tool as every provider accepts it. Models also call tools that nobody has, by any name; those that every object has a field of
 * mislead libraries that look names up in one, and their calls would be lost while the results stay.
 */
export function promptToolName(name: string): string {
  const safe = name === '' ? 'tool' : name.replace(UNSAFE, '_').slice(0, TOOL_NAME_CHARACTERS);
  return safe in Object.prototype ? `${safe}_` : safe;
}
