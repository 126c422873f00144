import type { JsonValue, Tool, ToolResult } from '@dispatch/extension-api';

/** Gives the present as epoch milliseconds. */
export type Now = () => number;

/** The tool `current-time`: what time it is, in a zone of the model's choice. */
export function currentTime(now: Now = Date.now): Tool {
  return {
    name: 'current-time',
    description:
      'Returns the current date and time as ISO 8601 with UTC offset and IANA time zone. ' +
      'Call it whenever the answer depends on the present moment.',
    inputSchema: {
      type: 'object',
      properties: {
        timeZone: {
          type: 'string',
          description: 'IANA time zone such as Europe/Berlin. Leave it out for UTC.',
        },
      },
      additionalProperties: false,
    },
    readOnly: true,
    execute: async (input) => answer(input, now()),
  };
}

function answer(input: JsonValue, at: number): ToolResult {
  const asked =
    typeof input === 'object' && input !== null && 'timeZone' in input ? input.timeZone : undefined;
  if (asked !== undefined && typeof asked !== 'string') {
    return { content: 'timeZone must be a string with an IANA time zone.', isError: true };
  }
  const timeZone = asked ?? 'UTC';
  const iso = isoInZone(at, timeZone);
  if (iso === undefined) {
    return { content: `Unknown time zone "${timeZone.slice(0, 80)}".`, isError: true };
  }
  return { content: `${iso}[${timeZone}]`, isError: false };
}

/** Undefined when nobody knows the zone. Offsets such as `+02:00` are no zones and are refused alike. */
function isoInZone(at: number, timeZone: string): string | undefined {
  if (!/^[A-Za-z]/.test(timeZone)) return undefined;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      timeZoneName: 'longOffset',
    });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  const parts = new Map(format.formatToParts(at).map((part) => [part.type, part.value]));
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? '';
  const offset = part('timeZoneName').replace('GMT', '') || '+00:00';
  const date = `${part('year')}-${part('month')}-${part('day')}`;
  return `${date}T${part('hour')}:${part('minute')}:${part('second')}${offset}`;
}
