import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { captureTerminal } from '../__fixtures__/captured-terminal.ts';
import { systemClock } from '../clock.ts';
import { healthyGateway, healthyKernel } from '../doctor/__fixtures__/healthy.ts';
import type { KernelFacts } from '../doctor/app-facts.ts';
import { createOutput } from '../output.ts';
import { doctor } from './doctor.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dispatch-doctor-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the command over processes that say this of themselves. */
async function run(kernel: Partial<KernelFacts>, json = false) {
  const settings = { ...healthyGateway.settings, httpPort: 0, wsPort: 0 };
  const said = {
    kernel: { v: 1, ...healthyKernel, lock: { held: false }, ...kernel },
    gateway: { v: 1, ...healthyGateway, settings },
  };
  const plans = Object.entries(said).map(([name, facts]) => {
    const entry = join(folder, `${name}.mjs`);
    writeFileSync(entry, `console.log(${JSON.stringify(JSON.stringify(facts))})`);
    return { name, entry, args: [], env: {} };
  });
  const terminal = captureTerminal();
  // Whether the checkout this runs in is built is one of the findings; nothing here depends on it.
  const code = await doctor({ out: createOutput(terminal, json), clock: systemClock }, {}, plans);
  return { code, out: terminal.out(), err: terminal.err() };
}

describe('dispatch doctor', () => {
  it('prints each check, what to type for what is not in order, and how many there are', async () => {
    const { code, out, err } = await run({ unknownVariables: [{ name: 'DISPATCH_X' }] });
    expect({ code, err }).toEqual({ code: 3, err: '' });
    expect(out).toMatch(/^✓ Node {2,}\d+\.\d+\.\d+, at least/m);
    expect(out).toMatch(/^! Variables {2,}DISPATCH_X means nothing\n {2,}→ unset DISPATCH_X$/m);
    expect(out.trim().split('\n').at(-1)).toMatch(/warnings?\.$/);
  });

  it('is one JSON document when that is wanted', async () => {
    const { out, err } = await run({ disabledExtensions: [{ id: 'x', reason: 'broken' }] }, true);
    const { status, problems, checks } = JSON.parse(out + err);
    expect({ status, problems }).toMatchObject({ status: 'findings', problems: expect.any(Number) });
    expect(checks).toContainEqual({
      id: 'extensions',
      name: 'Extensions',
      state: 'problem',
      evidence: 'x: broken',
      next: './dispatch up --verbose',
    });
  });

  it('shows no escape sequences of others', async () => {
    const { out } = await run({ disabledExtensions: [{ id: 'x', reason: 'bad\u001b[2Jreason' }] });
    expect(out).toContain('x: bad[2Jreason');
  });
});
