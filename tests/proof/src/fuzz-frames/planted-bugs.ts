import type { PlantedBug } from '../harness.ts';

/** Mistakes that must not get past the attacks on WebSockets. */
export const frameBugs: readonly PlantedBug[] = [
  {
    mistake: 'a refusal forgets the id of its frame',
    file: 'apps/gateway/src/ws/read-frame.ts',
    find: '    ...(isFrameId(id) && { id }),\n',
    replace: '',
  },
  {
    mistake: 'an unknown frame is passed over in silence',
    file: 'apps/gateway/src/ws/receive.ts',
    find: 'if (!read.ok) connection.send(',
    replace:
      "if (!read.ok && read.refusal.code === 'unknown-frame') return;\n  if (!read.ok) connection.send(",
  },
  {
    mistake: "the JSON parser's own words go to the client",
    file: 'apps/gateway/src/safe-json.ts',
    find: "  } catch {\n    return { ok: false, refusal: refuse('invalid-json', 'The text is not valid JSON.') };",
    replace: "  } catch (error) {\n    return { ok: false, refusal: refuse('invalid-json', String(error)) };",
  },
  {
    mistake: 'nobody counts the fragments of a message',
    file: 'apps/gateway/src/ws/upgrade.ts',
    find: 'const MAX_FRAGMENTS = 64;',
    replace: 'const MAX_FRAGMENTS = 0;',
  },
  {
    mistake: 'a socket that fails takes the process with it',
    file: 'apps/gateway/src/ws/gateway-socket.ts',
    find: '  ownerOf(this)?.failed(error);',
    replace: '  throw error;',
  },
  {
    mistake: 'a client may leave anything unread',
    file: 'apps/gateway/src/unsent-guard.ts',
    find: 'if (this.#isDone || unsent <= UNSENT_CAP_BYTES) return;',
    replace: 'if (this.#isDone || unsent >= 0) return;',
  },
  {
    mistake: 'who leaves right behind a message loses it',
    file: 'apps/gateway/src/ws/handlers/chat-send.ts',
    find: '  const started = await startTurn(',
    replace:
      "  if (named !== undefined && !chats.has(named)) throw new KernelUnavailable('gone');\n  const started = await startTurn(",
  },
];
