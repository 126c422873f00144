import { describe, expect, it } from 'vitest';
import {
  chatRequestSchema,
  chatSendMessageSchema,
  conversationHistoryQuerySchema,
  conversationIdSchema,
  conversationsQuerySchema,
  idempotencyKeySchema,
  setConversationModelRequestSchema,
  setCwdRequestSchema,
  setTitleRequestSchema,
  stopConversationRequestSchema,
  throughputQuerySchema,
  warmRequestSchema,
  wsClientMessageSchema,
} from './index.ts';

const message = 'hello';
const firstFault = (result: { error?: { issues: readonly { path: PropertyKey[]; message: string }[] } }) => {
  const issue = result.error?.issues[0];
  return issue === undefined ? undefined : `${issue.path.join('.')}: ${issue.message}`;
};

describe('POST /chat', () => {
  it.each([
    ['missing', {}],
    ['empty', { conversationId: '' }],
    ['a number', { conversationId: 7 }],
    ['null', { conversationId: null }],
    ['an object', { conversationId: { id: 'a' } }],
  ])('a conversation id that is %s counts as absent', (_what, body) => {
    expect(chatRequestSchema.parse({ message, ...body })).toEqual({ message });
  });

  it('trims the message, and refuses a blank one', () => {
    expect(chatRequestSchema.parse({ message: '  a b\n' })).toEqual({ message: 'a b' });
    for (const blank of ['', ' ', '\n\t ']) {
      expect(firstFault(chatRequestSchema.safeParse({ message: blank }))).toBe('message: must not be blank');
    }
  });

  it('a blank working directory counts as absent', () => {
    expect(chatRequestSchema.parse({ message, cwd: ' ' })).toEqual({ message });
    expect(chatRequestSchema.parse({ message, cwd: '/srv' })).toEqual({ message, cwd: '/srv' });
  });

  it.each([
    [{}, 'message: must be a string'],
    [{ message: 7 }, 'message: must be a string'],
    [{ message, model: 7 }, 'model: must be a string'],
    [{ message, model: null }, 'model: must be a string'],
    [{ message, cwd: ['/srv'] }, 'cwd: must be a string'],
    [{ message, conversationId: 'a/b' }, 'conversationId: must have no control characters and no "/"'],
    [{ message, conversationId: 'a\nb' }, 'conversationId: must have no control characters and no "/"'],
    [{ message, conversationId: 'a'.repeat(129) }, 'conversationId: must have at most 128 characters'],
    [{ message, conversationId: '..' }, 'conversationId: must be more than dots'],
    [{ message, idempotencyKey: 'a b' }, 'idempotencyKey: must be 1–128 visible ASCII characters'],
    [{ message, idempotencyKey: '' }, 'idempotencyKey: must be 1–128 visible ASCII characters'],
  ])('%j is refused: %s', (body, fault) => {
    expect(firstFault(chatRequestSchema.safeParse(body))).toBe(fault);
  });

  it('drops fields nobody knows, also dangerous ones', () => {
    const body: unknown = JSON.parse('{"message":"hello","mood":"good","__proto__":{"model":"x"}}');
    const parsed = chatRequestSchema.parse(body);
    expect(parsed).toEqual({ message });
    expect(parsed.model).toBeUndefined();
  });

  it.each([[null], [[]], ['text'], [7], [undefined]])('a body that is %j is refused', (body) => {
    expect(chatRequestSchema.safeParse(body).success).toBe(false);
  });
});

describe('chat.send', () => {
  it('keeps the message as it is, also blanks alone', () => {
    const frame = { type: 'chat.send', message: '  ' };
    expect(chatSendMessageSchema.parse(frame)).toEqual(frame);
    expect(chatSendMessageSchema.safeParse({ ...frame, message: '' }).success).toBe(false);
  });
});

describe('any client frame', () => {
  it.each([
    [{ type: 'chat.subscribe' }, 'conversationId: must be a string'],
    [{ type: 'chat.subscribe', conversationId: 'c', after: -2 }, 'after: must be -1 or more'],
    [{ type: 'chat.subscribe', conversationId: 'c', after: 1.5 }, 'after: must be a whole number'],
    [{ type: 'chat.subscribe', conversationId: 'c', after: 1e300 }, 'after: must be a whole number'],
    [{ type: 'ping', id: '' }, 'id: must not be empty'],
    [{ type: 'subscribe', surfaceId: 'notes', id: 7 }, 'id: must be a string'],
    [{ type: 'nonsense' }, 'type: must be one of the known types'],
    [{ type: 'constructor' }, 'type: must be one of the known types'],
    [{}, ': must be an object with a string "type"'],
    [null, ': must be an object with a string "type"'],
    [[], ': must be an object with a string "type"'],
  ])('%j is refused: %s', (frame, fault) => {
    expect(firstFault(wsClientMessageSchema.safeParse(frame))).toBe(fault);
  });

  it('may carry an id, also those of surfaces', () => {
    const frame = { type: 'invoke', surfaceId: 'notes', actionId: 'notes/add', payload: null, id: 'f1' };
    expect(wsClientMessageSchema.parse({ ...frame, mood: 'good' })).toEqual(frame);
  });

  it('from the start of a turn is after -1', () => {
    const frame = { type: 'chat.subscribe', conversationId: 'c', after: -1 };
    expect(wsClientMessageSchema.parse(frame)).toEqual(frame);
  });
});

describe('queries', () => {
  it('numbers arrive as text; an empty sinceSeq is none', () => {
    expect(conversationHistoryQuerySchema.parse({ sinceSeq: '7', limit: '2' })).toEqual({
      sinceSeq: 7,
      limit: 2,
    });
    expect(conversationHistoryQuerySchema.parse({ sinceSeq: '' })).toEqual({});
  });

  it.each([
    ['sinceSeq', '-1'],
    ['sinceSeq', '1.5'],
    ['sinceSeq', 'abc'],
    ['sinceSeq', '0x10'],
    ['sinceSeq', '9'.repeat(16)],
    ['sinceSeq', '9'.repeat(400)],
    ['beforeSeq', '0'],
    ['beforeSeq', ''],
    ['limit', '0'],
    ['limit', '1e3'],
  ])('%s=%s is refused', (field, value) => {
    expect(firstFault(conversationHistoryQuerySchema.safeParse({ [field]: value }))).toMatch(
      `${field}: must be a whole number`,
    );
  });

  it('a list is limited to 200, and empty filters are none', () => {
    expect(conversationsQuerySchema.parse({ q: '', status: '', limit: '200' })).toEqual({ limit: 200 });
    expect(conversationsQuerySchema.safeParse({ limit: '201' }).success).toBe(false);
    expect(conversationsQuerySchema.safeParse({ status: 'open' }).success).toBe(false);
  });

  it.each([
    ['day', '2026-02-29', false],
    ['day', '2028-02-29', true],
    ['week', '2026-11-21', true],
    ['day', '2026-11', false],
    ['month', '2026-11', true],
    ['month', '2026-13', false],
    ['month', '2026-11-21', false],
    ['year', '2026', false],
    ['day', '', false],
  ])('throughput of %s %s: %s', (period, date, valid) => {
    expect(throughputQuerySchema.safeParse({ period, date }).success).toBe(valid);
  });
});

describe('text that no store gives back as it came', () => {
  const fault = 'must be well-formed text, without lone surrogates';
  const surrogates = ['a\ud800', '\udc00a', 'a\ud800b', '\udc00\ud800'];

  it.each(['message', 'conversationId', 'model', 'cwd'])('is refused by both doors in %s', (field) => {
    for (const text of surrogates) {
      const body = { message, [field]: text };
      expect(firstFault(chatRequestSchema.safeParse(body))).toBe(`${field}: ${fault}`);
      expect(firstFault(wsClientMessageSchema.safeParse({ type: 'chat.send', ...body }))).toBe(
        `${field}: ${fault}`,
      );
    }
  });

  it('is refused in idempotency keys, ids of frames, turns and subscriptions', () => {
    for (const text of surrogates) {
      expect(idempotencyKeySchema.safeParse(text).success).toBe(false);
      expect(firstFault(wsClientMessageSchema.safeParse({ type: 'ping', id: text }))).toBe(`id: ${fault}`);
      const subscribe = { type: 'chat.subscribe', conversationId: 'c' };
      expect(firstFault(wsClientMessageSchema.safeParse({ ...subscribe, conversationId: text }))).toBe(
        `conversationId: ${fault}`,
      );
      expect(firstFault(wsClientMessageSchema.safeParse({ ...subscribe, turnId: text }))).toBe(
        `turnId: ${fault}`,
      );
    }
  });

  it('is refused in settings of a conversation', () => {
    for (const text of surrogates) {
      expect(firstFault(setTitleRequestSchema.safeParse({ title: text }))).toBe(`title: ${fault}`);
      expect(firstFault(setCwdRequestSchema.safeParse({ cwd: text }))).toBe(`cwd: ${fault}`);
      expect(firstFault(setConversationModelRequestSchema.safeParse({ model: text }))).toBe(
        `model: ${fault}`,
      );
      expect(firstFault(setConversationModelRequestSchema.safeParse({ fallbackModels: [text] }))).toBe(
        `fallbackModels.0: ${fault}`,
      );
      expect(firstFault(warmRequestSchema.safeParse({ conversationId: text }))).toBe(
        `conversationId: ${fault}`,
      );
    }
  });

  it('pairs of surrogates are characters like any other', () => {
    const body = { message: '🜁', conversationId: '🜁', model: 'demo/🜁', cwd: '/🜁' };
    expect(chatRequestSchema.parse(body)).toEqual(body);
    expect(setTitleRequestSchema.parse({ title: '🜁' })).toEqual({ title: '🜁' });
  });
});

describe('settings', () => {
  it('titles are trimmed; blank and null clear', () => {
    expect(setTitleRequestSchema.parse({ title: ' A ' })).toEqual({ title: 'A' });
    expect(setTitleRequestSchema.parse({ title: '  ' })).toEqual({ title: null });
    expect(setTitleRequestSchema.parse({ title: null })).toEqual({ title: null });
    expect(setTitleRequestSchema.safeParse({}).success).toBe(false);
    expect(setTitleRequestSchema.safeParse({ title: 'a'.repeat(201) }).success).toBe(false);
    expect(setTitleRequestSchema.safeParse({ title: ` ${'a'.repeat(200)} ` }).success).toBe(true);
  });

  it('a working directory is never blank', () => {
    for (const cwd of ['', ' ', 7, null, undefined, '/a\0b']) {
      expect(setCwdRequestSchema.safeParse({ cwd }).success).toBe(false);
    }
    expect(setCwdRequestSchema.parse({ cwd: '/srv/project' })).toEqual({ cwd: '/srv/project' });
  });

  it('a model may be cleared, and at most five stand in', () => {
    expect(setConversationModelRequestSchema.parse({ model: null })).toEqual({ model: null });
    const six = Array.from({ length: 6 }, (_, i) => `demo/${i}`);
    expect(setConversationModelRequestSchema.safeParse({ fallbackModels: six }).success).toBe(false);
    expect(setConversationModelRequestSchema.safeParse({ model: '' }).success).toBe(false);
  });

  it('stop takes no body at all', () => {
    expect(stopConversationRequestSchema.parse(undefined)).toEqual({});
    expect(stopConversationRequestSchema.parse({})).toEqual({});
    expect(stopConversationRequestSchema.parse({ turnId: 'trn_1' })).toEqual({ turnId: 'trn_1' });
    expect(stopConversationRequestSchema.safeParse({ turnId: 7 }).success).toBe(false);
  });

  it('warming needs a conversation', () => {
    expect(warmRequestSchema.safeParse({}).success).toBe(false);
    expect(warmRequestSchema.safeParse({ conversationId: '' }).success).toBe(false);
  });

  it('ids and keys are measured', () => {
    expect(conversationIdSchema.safeParse('a'.repeat(128)).success).toBe(true);
    expect(conversationIdSchema.safeParse('Ünïcode id').success).toBe(true);
    expect(idempotencyKeySchema.safeParse('k'.repeat(128)).success).toBe(true);
    expect(idempotencyKeySchema.safeParse('k'.repeat(129)).success).toBe(false);
    expect(idempotencyKeySchema.safeParse('schlüssel').success).toBe(false);
  });
});
