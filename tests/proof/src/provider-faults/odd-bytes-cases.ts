import {
  comment,
  finish,
  type ModelFormat,
  malformedEvent,
  onTheWire,
  raw,
  recordStream,
  reply,
  say,
  think,
  usage,
} from '@dispatch/testkit';
import { type FaultCase, MODEL_NAME_LENGTH } from './fault-case.ts';
import { blockStart, textDelta } from './raw-events.ts';

/** Answers whose bytes are odd but right, and some whose bytes are wrong. */
export function oddBytesCases(format: ModelFormat): readonly FaultCase[] {
  const text = 'größer 😀 \u2028 ok';
  const counts = usage({ inputTokens: 12, outputTokens: 34 });
  const whole = reply(think('hm'), comment(), say('größer 😀'), say(' \u2028 ok'), counts);
  const good = { reason: 'stop', text, requests: 1 } as const;
  const odd = (name: string, treatment: Parameters<typeof onTheWire>[1]) => ({
    name,
    replies: [onTheWire(whole, treatment)] as const,
    expected: good,
  });
  // Latin-1 has all bytes, and each of them as it is.
  const noUtf8 = Buffer.from(blockStart(format, 'text') + textDelta(format, 'a\u00ff\u00c3b'), 'latin1');
  const halves = `${textDelta(format, 'x\ud83d')}${textDelta(format, '\ude00y\udc00')}`;
  const many = Array.from({ length: 2_000 }, () => comment('x'.repeat(100)));
  const end = recordStream(format, whole, '-'.repeat(MODEL_NAME_LENGTH)).endableAt ?? 0;

  const rows: readonly Omit<FaultCase, 'format'>[] = [
    odd('one byte at a time', { pieceBytes: 1 }),
    odd('seven bytes at a time with CRLF', { pieceBytes: 7, lineEnd: '\r\n' }),
    odd('CR', { lineEnd: '\r' }),
    odd('a byte order mark', { byteOrderMark: true }),
    { name: 'many comments', replies: [reply(...many, say(text))], expected: good },
    {
      name: 'bytes that are no UTF-8',
      replies: [reply(raw(noUtf8))],
      expected: { reason: 'stop', text: 'a\ufffd\ufffdb', requests: 1 },
    },
    {
      name: 'halves of characters',
      replies: [reply(raw(blockStart(format, 'text') + halves))],
      expected: { reason: 'stop', text: 'x😀y\udc00', requests: 1 },
    },
    {
      name: 'control characters',
      replies: [reply(say('a\u0000b\u001b[31m\u0007'))],
      expected: { reason: 'stop', text: 'a\u0000b\u001b[31m\u0007', requests: 1 },
    },
    {
      name: 'garbage behind the end',
      replies: [reply(say(text), finish(), malformedEvent(), raw('\n\n\u0000'))],
      expected: good,
    },
    {
      name: 'no text at all',
      replies: [reply()],
      expected: { reason: 'stop', text: '', requests: 1 },
    },
    {
      name: 'an end as soon as there may be one',
      replies: [onTheWire(whole, { cut: { afterBytes: end, by: 'end' } })],
      expected: good,
    },
    {
      name: 'an end a byte too early',
      replies: [onTheWire(whole, { cut: { afterBytes: end - 1, by: 'end' } })],
      expected: { reason: 'error', code: 'response-truncated', text, requests: 1 },
    },
    {
      name: 'a finish reason and a break',
      replies: [onTheWire(whole, { cut: { afterBytes: format === 'openai' ? end : end - 1, by: 'reset' } })],
      expected: { reason: 'error', code: 'response-truncated', requests: 1 },
    },
    {
      name: 'a reason to finish nobody knows',
      replies: [reply(say(text), finish('moon_phase'))],
      expected: { reason: 'moon_phase', text, requests: 1 },
    },
    {
      name: 'too many words',
      replies: [reply(say(text), finish('length'))],
      expected: { reason: 'length', text, requests: 1 },
    },
    {
      name: 'a refusal',
      replies: [reply(say(text), finish('content-filter'))],
      expected: { reason: 'content-filter', text, requests: 1 },
    },
    {
      name: 'one word of 2 MB',
      replies: [reply(say('x'.repeat(2 * 2 ** 20)))],
      expected: { reason: 'stop', text: 'x'.repeat(2 * 2 ** 20), requests: 1 },
    },
  ];
  return rows.map((row) => ({ ...row, format }));
}
