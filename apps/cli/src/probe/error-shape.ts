import { fieldsOf } from '../raw-http.ts';
import type { ProbeFrame } from './probe-socket.ts';
import { shown } from './turn-facts.ts';

const CODE = /^[a-z]+(-[a-z]+)*$/;

/** What is missing of the one shape every HTTP error has; undefined when nothing is. */
export function errorBodyFault(json: unknown): string | undefined {
  const fields = fieldsOf(json);
  if (fields === undefined) return `the answer is ${shown(json ?? 'no JSON')}`;
  return fault(fields, 'error');
}

/** What is missing of the shape every refusing frame has; undefined when nothing is. */
export function errorFrameFault(frame: ProbeFrame): string | undefined {
  return fault(frame, 'message');
}

function fault(fields: Readonly<Record<string, unknown>>, message: string): string | undefined {
  const { code, retryable, requestId } = fields;
  if (typeof fields[message] !== 'string' || fields[message] === '')
    return `no ${message} in ${shown(fields)}`;
  if (typeof code !== 'string' || !CODE.test(code)) return `no code in ${shown(fields)}`;
  if (typeof retryable !== 'boolean') return `no retryable in ${shown(fields)}`;
  if (typeof requestId !== 'string' || requestId === '') return `no requestId in ${shown(fields)}`;
  return undefined;
}
