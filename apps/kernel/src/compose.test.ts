import { describe, expect, it } from 'vitest';
import { bundledExtensions, DEMO_CREDENTIAL } from './compose.ts';
import { activateExtensions } from './extension/extension-host.ts';
import { recordingLog } from './turn/__fixtures__/engine.ts';
import { createVirtualClock } from './turn/__fixtures__/virtual-clock.ts';

describe('the bundled extensions', () => {
  it('all load, and bring the providers that credentials name', async () => {
    const clock = createVirtualClock({ auto: true });
    const activated = await activateExtensions(bundledExtensions(), {
      clock,
      log: recordingLog([]),
    });
    expect(activated.disabled).toEqual([]);
    expect(activated.loaded.map(({ manifest }) => manifest.id)).toEqual([
      'provider-anthropic',
      'provider-openai-compatible',
      'provider-demo',
      'tool-clock',
    ]);
    expect([...activated.providers.keys()]).toEqual(['anthropic', 'openai-compatible', 'demo']);
    expect(activated.providers.has(DEMO_CREDENTIAL.provider)).toBe(true);
    expect(activated.tools.all.length).toBeGreaterThan(0);
  });
});
