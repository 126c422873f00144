import { mkdtempSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createLogOutput } from './log-output.ts';
import { redactText } from './log-redaction.ts';

const JWT = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJl';

it('S-42: tokens, bearer values, JWTs, session cookies and tickets do not get through', () => {
  const lines = [
    '{"msg":"dsp_canary0123456789 was refused"}',
    '{"authorization":"Bearer canary0123456789"}',
    'authorization: bearer canary/0123+456789==',
    `{"err":{"message":"cannot read ${JWT}"}}`,
    'cookie: a=b; dispatch_session=canary0123; c=d',
    'GET /ws?tab=t&ticket=canary0123&x=1',
  ];
  const shown = lines.map(redactText);
  expect(shown.filter((line) => line.includes('canary') || line.includes(JWT.slice(3, 20)))).toEqual([]);
  expect(shown[0]).toBe('{"msg":"dsp_[redacted] was refused"}');
  expect(shown[4]).toBe('cookie: a=b; dispatch_session=[redacted]; c=d');
  expect(shown[5]).toBe('GET /ws?tab=t&ticket=[redacted]&x=1');
});

it('leaves everything else as it is', () => {
  const line =
    '{"level":30,"tokens":12,"msg":"the bearer of news","path":"/conversations/dsp","ticket":"none"}';
  expect(redactText(line)).toBe(line);
});

it('S-42: what a process writes to its log has passed the net', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'dispatch-log-')), 'log');
  const output = createLogOutput(openSync(path, 'a'));
  output.write('{"msg":"dsp_canary0123456789"}\n');
  output.flushSync();
  expect(readFileSync(path, 'utf8')).toBe('{"msg":"dsp_[redacted]"}\n');
});
