import { EXTENSION_API_VERSION } from '@dispatch/extension-api';
import { describe, expect, it } from 'vitest';
import { bundledExtensions, DEMO_CREDENTIAL } from './compose.ts';
import { activateAll, reasonsOf } from './extension/__fixtures__/activate.ts';

describe('the bundled extensions', () => {
  it('all load, and bring the providers that credentials name', async () => {
    const activated = await activateAll(bundledExtensions(), { apiVersion: EXTENSION_API_VERSION });
    expect(reasonsOf(activated)).toEqual({});
    expect(activated.facts().map(({ id }) => id)).toEqual([
      'provider-anthropic',
      'provider-openai-compatible',
      'provider-demo',
      'tool-clock',
      'tool-files',
      'tool-shell',
      'loaded-extensions',
      'cache-warming',
      'message-queue',
    ]);
    expect([...activated.providers.keys()]).toEqual(['anthropic', 'openai-compatible', 'demo']);
    expect(activated.providers.has(DEMO_CREDENTIAL.provider)).toBe(true);
    expect([...activated.surfaces.keys()]).toEqual(['loaded-extensions', 'cache-warming', 'message-queue']);
    expect([...activated.routes.keys()]).toEqual(['POST /chat/warm']);
    expect(activated.tools.all.map(({ name }) => name)).toEqual([
      'current-time',
      'write-file',
      'run-command',
    ]);
  });
});
