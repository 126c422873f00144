import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openTestStore, tempDir } from './__fixtures__/test-store.ts';
import { verifyChain } from './verify-chain.ts';

const writer = join(import.meta.dirname, '__fixtures__/commit-loop.ts');
const KILLS = 12;
/** Each life must get this far before it is killed, or the loop would prove nothing. */
const ACKNOWLEDGED_PER_LIFE = 150;

interface Acknowledged {
  readonly started: Set<string>;
  readonly sealed: Map<string, number>;
  readonly events: Map<string, number>;
  readonly fences: number[];
}

/** Lets a writer work for a while, kills it, and takes down what it was told is durable. */
async function runAndKill(dataDir: string, extraMs: number, seen: Acknowledged): Promise<void> {
  const child = spawn(
    process.execPath,
    ['--conditions=@dispatch/source', '--import', 'tsx', writer, dataDir],
    {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  );
  const gone = once(child, 'close');
  let acknowledged = 0;
  const busy = new Promise<void>((resolve) => {
    child.on('message', () => {
      acknowledged += 1;
      if (acknowledged === ACKNOWLEDGED_PER_LIFE) resolve();
    });
  });
  child.on('message', (message: Record<string, string & number>) => {
    const { started, sealed, chunks, event, of, fence } = message;
    if (started !== undefined) seen.started.add(started);
    if (sealed !== undefined) seen.sealed.set(sealed, chunks ?? 0);
    if (event !== undefined) seen.events.set(of ?? '', event);
    if (fence !== undefined) seen.fences.push(fence);
  });
  await Promise.race([busy, gone]);
  await new Promise((resolve) => setTimeout(resolve, extraMs));
  expect(child.exitCode, 'the writer lives until it is killed').toBeNull();
  child.kill('SIGKILL');
  await gone;
}

describe('kill -9 while committing', () => {
  it('D1, D4, Q1: nothing acknowledged is lost and nothing is half there', async () => {
    const dataDir = tempDir();
    const seen: Acknowledged = { started: new Set(), sealed: new Map(), events: new Map(), fences: [] };
    for (let kill = 0; kill < KILLS; kill++) await runAndKill(dataDir, (kill * 53) % 120, seen);

    expect(seen.started.size + seen.sealed.size).toBeGreaterThan((KILLS * ACKNOWLEDGED_PER_LIFE) / 4);
    expect(seen.fences).toHaveLength(KILLS);
    expect(seen.fences).toEqual([...seen.fences].sort((a, b) => a - b));

    const store = await openTestStore(dataDir);
    expect(store.fence).toBe(KILLS + 1);
    for (const turnId of seen.started) expect(await store.read.turn(turnId), turnId).toBeDefined();
    for (const [turnId, last] of seen.events) {
      const stored = (await store.read.turnEvents(turnId, -1)).map(({ n }) => n);
      expect(stored.length, turnId).toBeGreaterThan(last);
      expect(stored).toEqual(stored.map((_, index) => index));
    }

    const chunksOf = new Map<string, number>();
    for (const conversationId of ['c0', 'c1', 'c2']) {
      const history = await store.read.history(conversationId, { sinceSeq: 0 });
      expect(history.map(({ seq }) => seq)).toEqual(history.map((_, index) => index + 1));
      expect(verifyChain(dataDir, conversationId)).toEqual({ head: history.length, damaged: [] });
      for (const { turnId } of history) chunksOf.set(turnId ?? '', (chunksOf.get(turnId ?? '') ?? 0) + 1);
    }
    for (const [turnId, chunks] of seen.sealed) {
      expect(await store.read.turn(turnId), turnId).toMatchObject({ state: 'sealed' });
      expect(chunksOf.get(turnId), turnId).toBe(chunks);
    }
    // Chunks come with the seal: a turn that still runs has none.
    for (const { id } of await store.read.runningTurns()) expect(chunksOf.has(id)).toBe(false);
  }, 90_000);
});
