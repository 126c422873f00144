import type { PlantedBug } from '../harness.ts';

/** Mistakes that must not get past the attacks on HTTP. */
export const httpBugs: readonly PlantedBug[] = [
  {
    mistake: 'a message that is no UTF-8 is repaired and stored',
    file: 'apps/gateway/src/safe-json.ts',
    find: "new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })",
    replace: "new TextDecoder('utf-8', { ignoreBOM: true })",
  },
  {
    mistake: 'closing an unknown conversation makes one',
    file: 'apps/kernel/src/api/close-conversation.ts',
    find: '    if (row === undefined) return null;\n',
    replace:
      '    if (row === undefined) {\n' +
      '      const made = { title: null, model: null, fallbackModels: [], cwd: null, createdAt: 0, lastActivityAt: 0 };\n' +
      "      yield* q.putConversation({ ...made, id: conversationId, ownerId: userId, status: 'closed', closes: 1 });\n" +
      '      return null;\n' +
      '    }\n',
  },
  {
    mistake: 'an error says nothing of its request',
    file: 'apps/gateway/src/http/answer.ts',
    find: '    retryable: isRetryable(refusal),\n    requestId,\n',
    replace: '    retryable: isRetryable(refusal),\n    requestId: requestId.slice(0, 4),\n',
  },
  {
    mistake: 'a cursor nobody gave out is a failure of ours',
    file: 'apps/kernel/src/api/conversations.ts',
    find: "  throw new ApiError('invalid-request', 'cursor is not one that this list gave', 'start without a cursor');",
    replace: "  throw new Error('no cursor');",
  },
  {
    mistake: 'headers behind the two thousandth are not looked at',
    file: 'apps/gateway/src/http/server.ts',
    find: '  server.maxHeadersCount = 0;\n',
    replace: '',
  },
  {
    mistake: 'two ways to tell the length of a body are one too many, and both are taken',
    file: 'apps/gateway/src/http/server.ts',
    find: '      maxHeaderSize: HEADER_CAP_BYTES,\n',
    replace: '      maxHeaderSize: HEADER_CAP_BYTES,\n      insecureHTTPParser: true,\n',
  },
  {
    mistake: 'a body in chunks is read to its end, however long',
    file: 'apps/gateway/src/http/body.ts',
    find: '      if (size <= BODY_CAP_BYTES) {',
    replace: '      if (size > 0) {',
  },
];
