import { describe, expect, it } from 'vitest';
import { createStyle } from '../style.ts';
import { formatLogLine } from './log-line.ts';

const plain = createStyle(false);
const record = (fields: object): string =>
  JSON.stringify({ level: 40, time: 0, msg: 'slow commit', ...fields });

describe('formatLogLine', () => {
  it('prints a record on one line, with its fields', () => {
    const line = formatLogLine(record({ ms: 120, path: 'a b', pid: 7 }), 'kernel', false, plain);
    expect(line).toMatch(/^\d\d:\d\d:\d\d kernel warn slow commit ms=120 path="a b"$/);
  });

  it('leaves out what is below a warning unless all is wanted', () => {
    expect(formatLogLine(record({ level: 30 }), 'kernel', false, plain)).toBeUndefined();
    expect(formatLogLine(record({ level: 30 }), 'kernel', true, plain)).toContain('info');
  });

  it('shows what is no record as it is', () => {
    expect(formatLogLine('Error: boom', 'gateway', false, plain)).toBe('gateway Error: boom');
    expect(formatLogLine('dispatch kernel: no', 'kernel', false, plain)).toBe('dispatch kernel: no');
    expect(formatLogLine('{broken', 'gateway', false, plain)).toBe('gateway {broken');
  });

  it("shows an error's message, not its stack", () => {
    const line = formatLogLine(
      record({ level: 50, err: { message: 'no', stack: 'at…' } }),
      'kernel',
      false,
      plain,
    );
    expect(line).toContain('err="no"');
    expect(line).not.toContain('at…');
  });
});
