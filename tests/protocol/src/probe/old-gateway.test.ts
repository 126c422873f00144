import { type DispatchProcesses, startDispatch } from '@dispatch/tests-processes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { oldGateway } from './old-gateway.ts';
import { idsOf, probeBroken } from './probe-runs.ts';

let dispatch: DispatchProcesses;
beforeAll(async () => {
  dispatch = await startDispatch();
});
afterAll(() => dispatch.stop());

describe('dispatch probe against an old gateway', () => {
  it('ends, keeps what it promised in its day, and lacks what came later', async () => {
    const meddled = { how: () => oldGateway };
    const { code, rows } = await probeBroken(dispatch.httpUrl, meddled, ['--patience', '3']);
    const pass = idsOf(rows, 'pass');
    expect(idsOf(rows, 'fail')).toEqual(
      [
        ...['hello-first', 'ready', 'version', 'pong', 'ack', 'status', 'turn-numbered'],
        ...['cursor-unknown', 'cursor-ahead', 'stop-1', 'stop-2', 'stop-3'],
        ...['D5-1', 'D5-2', 'D5-3', 'D5-4', 'D5-5', 'D5-6'],
        ...['A.4-8', 'error-shape', 'refusal-shape', 'B.3-9a', 'B.3-9c', 'B.4-4a'],
      ].sort(),
    );
    expect(pass.length).toBeGreaterThan(70);
    for (const id of ['B.3-1', 'B.4-2', 'B.4-7', 'R9', 'C.3-6', 'C.5-1', 'T1-1', 'T5-1', 'T7-1', 'A.3-13']) {
      expect(pass).toContain(id);
    }
    expect(code).toBe(3);
  });
});
