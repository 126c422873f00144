import type { Extension, ExtensionHost, ModelProvider, Tool } from '@dispatch/extension-api';
import { describe, expect, it } from 'vitest';
import { recordingLog } from '../turn/__fixtures__/engine.ts';
import { createVirtualClock } from '../turn/__fixtures__/virtual-clock.ts';
import { activateExtensions } from './extension-host.ts';

const tool = (name: string): Tool => ({
  name,
  description: name,
  inputSchema: { type: 'object' },
  execute: async () => ({ content: '', isError: false }),
});

const provider = (id: string) => ({ id }) as ModelProvider;

const extension = (
  id: string,
  activate: (host: ExtensionHost) => void | Promise<void>,
  more: Partial<Extension['manifest']> = {},
): Extension => ({ manifest: { id, name: id, version: '1.0.0', apiVersion: '^0.1.0', ...more }, activate });

const activateAll = (extensions: readonly Extension[]) =>
  activateExtensions(extensions, {
    clock: createVirtualClock({ auto: true }),
    log: recordingLog([]),
    apiVersion: '0.1.3',
  });

const good = extension(
  'good',
  async (host) => {
    host.addModelProvider(provider('p'));
    host.addTool(tool('t'));
  },
  { contributes: { modelProviders: ['p'], tools: ['t'] } },
);

describe('activating extensions', () => {
  it('makes what they add available by name', async () => {
    const activated = await activateAll([good]);
    expect([...activated.providers.keys()]).toEqual(['p']);
    expect(activated.tools.all.map(({ name }) => name)).toEqual(['t']);
    expect(activated.tools.byName('t')?.name).toBe('t');
    expect(activated.tools.byName('constructor')).toBeUndefined();
    expect(activated.loaded.map(({ manifest }) => manifest.id)).toEqual(['good']);
    expect(activated.disabled).toEqual([]);
  });

  it.each<[string, Extension, RegExp]>([
    ['throws', extension('bad', () => Promise.reject(new Error('no such thing'))), /no such thing/],
    [
      'throws at once',
      extension('bad', () => {
        throw new Error('boom');
      }),
      /boom/,
    ],
    ['never ends', extension('bad', () => new Promise(() => {})), /longer than/],
    [
      'needs another API',
      extension('bad', () => {}, { apiVersion: '^0.2.0' }),
      /needs extension API \^0\.2\.0, this kernel has 0\.1\.3/,
    ],
    ['adds a tool it does not list', extension('bad', (host) => host.addTool(tool('x'))), /does not list/],
    [
      'adds a provider it does not list',
      extension('bad', (host) => host.addModelProvider(provider('x'))),
      /does not list/,
    ],
    [
      'lists a tool it does not add',
      extension('bad', () => {}, { contributes: { tools: ['x'] } }),
      /did not add/,
    ],
    [
      'lists a provider it does not add',
      extension('bad', () => {}, { contributes: { modelProviders: ['x'] } }),
      /did not add/,
    ],
    [
      'takes a name',
      extension('bad', (host) => host.addTool(tool('t')), { contributes: { tools: ['t'] } }),
      /already there/,
    ],
    ['has the id of another', extension('good', () => {}), /already loaded/],
    ['has no usable id', extension('Not Kebab', () => {}), /kebab-case/],
    ['has no name', extension('bad', () => {}, { name: '' }), /no name/],
    ['has no usable version', extension('bad', () => {}, { version: 'one' }), /semantic version/],
    [
      'has a tool no model could call',
      extension('bad', (host) => host.addTool(tool('a b')), { contributes: { tools: ['a b'] } }),
      /name of a tool/,
    ],
    ['is no extension at all', {} as Extension, /kebab-case/],
  ])('one that %s is disabled with a reason, and everything else boots', async (_, bad, reason) => {
    const last = extension('last', (host) => host.addTool(tool('z')), { contributes: { tools: ['z'] } });
    const activated = await activateAll([good, bad, last]);
    expect(activated.disabled).toHaveLength(1);
    expect(activated.disabled[0]?.reason).toMatch(reason);
    expect(activated.loaded.map(({ manifest }) => manifest.id)).toEqual(['good', 'last']);
    expect(activated.tools.all.map(({ name }) => name)).toEqual(['t', 'z']);
  });

  it('nothing of a failed activation stays behind', async () => {
    const half = extension(
      'half',
      (host) => {
        host.addTool(tool('x'));
        throw new Error('too late');
      },
      { contributes: { tools: ['x'] } },
    );
    const { tools } = await activateAll([half]);
    expect(tools.all).toEqual([]);
  });

  it('accepts nothing after the activation', async () => {
    let kept: ExtensionHost | undefined;
    await activateAll([
      extension('late', (host) => {
        kept = host;
      }),
    ]);
    expect(() => kept?.addTool(tool('x'))).toThrow(/after its activation/);
  });
});
