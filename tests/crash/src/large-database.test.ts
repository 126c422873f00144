import { statSync } from 'node:fs';
import { join } from 'node:path';
import {
  appEntry,
  createDataDirectory,
  openSocket,
  request,
  startDispatch,
  startProcess,
} from '@dispatch/tests-processes';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';

const directory = createDataDirectory();
afterAll(() => directory.remove());
const databaseFile = join(directory.path, 'dispatch.db');

/** Fills the kernel's own tables to 100 MB: 500 conversations with long answers. */
function fill(): void {
  const database = new Database(databaseFile);
  const text = 'All work and no play. '.repeat(180);
  database.exec('BEGIN');
  const conversation = database.prepare(
    `insert into conversation (id, owner_id, title, title_folded, model, fallback_models, cwd, status, closes, created_at, last_activity_at)
     values (?, 'usr_owner', 'Filler', 'filler', null, '[]', null, 'idle', 0, 0, 0)`,
  );
  const turn = database.prepare(
    `insert into turn (id, conversation_id, ordinal, state, fence, started_by, model, started_at, sealed_at, reason, metrics, answered_model, output_tokens, gen_ms, events)
     values (?, ?, 1, 'sealed', 1, 'usr_owner', 'demo/fast', 0, 1, 'stop', '{"turnId":"x","usage":{"inputTokens":0,"outputTokens":0},"steps":[]}', 'demo/fast', 0, 0, 'trimmed')`,
  );
  const chunk = database.prepare(
    `insert into chunk (conversation_id, seq, turn_id, message_id, step_id, role, body, created_at, hash) values (?, ?, ?, ?, null, 'assistant', ?, 0, ?)`,
  );
  for (let index = 0; index < 500; index += 1) {
    conversation.run(`filler-${index}`);
    turn.run(`trn_filler_${index}`, `filler-${index}`);
    for (let seq = 1; seq <= 52; seq += 1) {
      chunk.run(
        `filler-${index}`,
        seq,
        `trn_filler_${index}`,
        `msg_${index}`,
        JSON.stringify({ type: 'text', text }),
        'x',
      );
    }
  }
  database.exec('COMMIT');
  database.close();
}

/** Milliseconds until a kernel is ready again that has nothing to read: what a start costs on this machine, as it is busy now. */
async function emptyStart(): Promise<number> {
  const empty = createDataDirectory();
  const times: number[] = [];
  for (let round = 0; round < 4; round += 1) {
    const began = performance.now();
    const kernel = startProcess(appEntry('kernel'), [], { DISPATCH_DATA_DIR: empty.path });
    await kernel.ready;
    // The first makes the tables, too.
    if (round > 0) times.push(performance.now() - began);
    await kernel.kill();
  }
  empty.remove();
  return times.sort((a, b) => a - b)[1] ?? 0;
}

describe('a database of 100 MB', () => {
  it('is ready again within a second of a kill -9 in the middle of a turn', async () => {
    const maker = startProcess(appEntry('kernel'), [], { DISPATCH_DATA_DIR: directory.path });
    await maker.ready;
    await maker.kill('SIGTERM');
    fill();
    expect(statSync(databaseFile).size).toBeGreaterThan(100 * 1024 * 1024);
    const dispatch = await startDispatch({ dataDir: directory.path });
    try {
      const readyMs: number[] = [];
      for (let round = 0; round < 5; round += 1) {
        const conversationId = crypto.randomUUID();
        const socket = await openSocket(dispatch.wsUrl);
        socket.send({ type: 'chat.send', conversationId, message: 'Go on.', model: 'demo/writer' });
        await socket.frame('text', (frame) => frame['n'] === 6);
        await dispatch.kernel.kill();
        const began = performance.now();
        await dispatch.startKernel();
        readyMs.push(performance.now() - began);
        await socket.sealed();
        expect(socket.events().at(-2)).toMatchObject({ type: 'done', reason: 'interrupted' });
        socket.close();
      }
      readyMs.sort((a, b) => a - b);
      process.stdout.write(`ready after ${readyMs.map((ms) => ms.toFixed(0)).join(', ')} ms\n`);
      expect(readyMs[2]).toBeLessThan(Math.max(1_000, 2 * (await emptyStart())));
      const { body } = await request(dispatch.httpUrl, 'GET', '/conversations?q=filler&limit=200');
      expect(body.conversations).toHaveLength(200);
    } finally {
      await dispatch.stop();
    }
  });
});
