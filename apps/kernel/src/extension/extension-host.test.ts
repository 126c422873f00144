import type { Extension, ExtensionHost } from '@dispatch/extension-api';
import { describe, expect, it } from 'vitest';
import { activateAll, extension, provider, reasonsOf, surface, tool } from './__fixtures__/activate.ts';

const good = extension(
  'good',
  async (host) => {
    host.addModelProvider(provider('p'));
    host.addTool(tool('t'));
  },
  { contributes: { modelProviders: ['p'], tools: ['t'] } },
);
const last = extension('last', (host) => host.addTool(tool('z')), { contributes: { tools: ['z'] } });
const loaded = ({ facts }: Awaited<ReturnType<typeof activateAll>>) =>
  facts().flatMap(({ id, disabled }) => (disabled === undefined ? [id] : []));
const throwing = (message: string) => () => {
  throw new Error(message);
};

const SILENT = { summary: () => '', pattern: () => '' };

describe('activating extensions', () => {
  it('makes what they add available by name', async () => {
    const activated = await activateAll([good]);
    expect([...activated.providers.keys()]).toEqual(['p']);
    expect(activated.tools.all.map(({ name }) => name)).toEqual(['t']);
    expect(activated.tools.byName('t')?.name).toBe('t');
    expect(activated.tools.byName('constructor')).toBeUndefined();
    expect(activated.facts()).toEqual([
      { id: 'good', name: 'good', version: '1.0.0', trust: 'bundled', activation: 'eager', capabilities: [] },
    ]);
  });

  it.each<[string, Extension, RegExp]>([
    ['throws', extension('bad', () => Promise.reject(new Error('no such thing'))), /no such thing/],
    ['throws at once', extension('bad', throwing('boom')), /boom/],
    ['never ends', extension('bad', () => new Promise(() => {})), /longer than 10000 ms/],
    [
      'needs another API',
      extension('bad', () => {}, { apiVersion: '^0.2.0' }),
      /needs extension API \^0\.2\.0, this kernel has 0\.1\.3/,
    ],
    ['adds a tool it does not list', extension('bad', (host) => host.addTool(tool('x'))), /does not list/],
    [
      'adds a tool that asks first and only reads',
      extension('bad', (host) => host.addTool({ ...tool('x'), readOnly: true, approval: SILENT }), {
        contributes: { tools: ['x'] },
      }),
      /asks first and says that it only reads/,
    ],
    [
      'adds a provider it does not list',
      extension('bad', (host) => host.addModelProvider(provider('x'))),
      /does not list/,
    ],
    [
      'adds a surface it does not list',
      extension('bad', (host) => void host.addSurface(surface('x'))),
      /surface "x", which its manifest does not list/,
    ],
    [
      'lists a tool it does not add',
      extension('bad', () => {}, { contributes: { tools: ['x'] } }),
      /lists tool "x", which it did not add/,
    ],
    [
      'lists a surface it does not add',
      extension('bad', () => {}, { contributes: { surfaces: ['x'] } }),
      /lists surface "x", which it did not add/,
    ],
    [
      'takes a name',
      extension('bad', (host) => host.addTool(tool('t')), { contributes: { tools: ['t'] } }),
      /already there/,
    ],
    ['has the id of another', extension('good', () => {}), /already there/],
    ['has no usable id', extension('Not Kebab', () => {}), /kebab-case/],
    ['has no name', extension('bad', () => {}, { name: '' }), /no name/],
    ['has no usable version', extension('bad', () => {}, { version: 'one' }), /semantic version/],
    [
      'has a tool no model could call',
      extension('bad', (host) => host.addTool(tool('a b')), { contributes: { tools: ['a b'] } }),
      /name of a tool/,
    ],
    ['is no extension at all', {} as Extension, /no manifest/],
    [
      'uses a capability it does not declare',
      extension('bad', (host) => host.onTimer(() => undefined)),
      /does not declare the capability "db"/,
    ],
    [
      'asks for a capability nobody grants',
      extension('bad', () => {}, { capabilities: { shell: true } as never }),
      /"shell", which nothing grants/,
    ],
    [
      'contributes what nobody can',
      extension('bad', () => {}, { contributes: { pixels: [] } as never }),
      /"pixels", which nothing can/,
    ],
    [
      'emits under the name of another',
      extension('bad', () => {}, { contributes: { hooks: ['good/said'] } }),
      /does not start with "bad\/"/,
    ],
    [
      'depends on one that is not there',
      extension('bad', () => {}, { dependsOn: ['nobody'] }),
      /depends on "nobody", which is not there/,
    ],
    ['depends on itself', extension('bad', () => {}, { dependsOn: ['bad'] }), /bad → bad/],
    ['has settings it takes none of', extension('set', () => {}), /it takes none/],
  ])('one that %s is disabled with a reason, and everything else boots', async (_, bad, reason) => {
    const activated = await activateAll([good, bad, last], { settings: { set: { a: 1 } } });
    const disabled = activated.facts().filter((one) => one.disabled !== undefined);
    expect(disabled).toHaveLength(1);
    expect(disabled[0]?.disabled).toMatch(reason);
    expect(loaded(activated)).toEqual(['good', 'last']);
    expect(activated.tools.all.map(({ name }) => name)).toEqual(['t', 'z']);
    expect(activated.surfaces.size).toBe(0);
  });

  it('nothing of a failed activation stays behind', async () => {
    const contributes = { tools: ['x'], surfaces: ['s'] };
    const half = extension(
      'half',
      (host) => {
        host.addTool(tool('x'));
        host.addSurface(surface('s'));
        throw new Error('too late');
      },
      { contributes },
    );
    const activated = await activateAll([half]);
    expect(activated.tools.all).toEqual([]);
    expect(activated.surfaces.size).toBe(0);
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

  it('activates whoever others depend on first, and takes its dependants along when it cannot', async () => {
    const order: string[] = [];
    const noted = (id: string, dependsOn: string[] = []) =>
      extension(id, () => void order.push(id), { dependsOn });
    const broken = extension('broken', throwing('no'));
    const activated = await activateAll([
      noted('c', ['b']),
      noted('on-broken', ['broken']),
      noted('b', ['a']),
      broken,
      noted('a'),
      noted('on-on-broken', ['a', 'on-broken']),
    ]);
    expect(order).toEqual(['a', 'b', 'c']);
    expect(reasonsOf(activated)).toEqual({
      broken: 'no',
      'on-broken': 'it depends on "broken", which is disabled',
      'on-on-broken': 'it depends on "on-broken", which is disabled',
    });
  });

  it('a cycle disables its members and those that need them, nobody else', async () => {
    const on = (id: string, ...dependsOn: string[]) => extension(id, () => {}, { dependsOn });
    const activated = await activateAll([on('a', 'b'), on('b', 'c'), on('c', 'a'), on('d', 'a'), on('e')]);
    expect(loaded(activated)).toEqual(['e']);
    expect(reasonsOf(activated)['a']).toMatch(/a → b → c → a/);
    expect(reasonsOf(activated)['d']).toMatch(/depends on "a", which is disabled/);
  });

  it('what could not be loaded, was switched off, or is not ours to run shows with its reason', async () => {
    const activated = await activateAll(
      [
        { name: 'lost', reason: '/x/lost cannot be loaded: there is nothing at this path', trust: 'local' },
        extension('off', () => {}),
        { extension: extension('far', () => {}), trust: 'external' },
        { extension: extension('humble', () => {}, { trust: 'external' }), trust: 'bundled' },
        { extension: extension('proud', () => {}, { trust: 'bundled' }), trust: 'local' },
      ],
      { switchedOff: ['off'] },
    );
    expect(reasonsOf(activated)).toEqual({
      lost: '/x/lost cannot be loaded: there is nothing at this path',
      off: 'the operator switched it off',
      far: 'external extensions are not run yet',
      humble: 'external extensions are not run yet',
    });
    expect(activated.facts().find(({ id }) => id === 'proud')?.trust).toBe('local');
  });

  it('settings are checked by the schema, which fills in its defaults', async () => {
    const configSchema = {
      type: 'object',
      properties: { faces: { type: 'integer', minimum: 2, default: 6 } },
      additionalProperties: false,
    };
    const seen: unknown[] = [];
    const dice = extension('dice', (host) => void seen.push(host.config), { configSchema });
    await activateAll([dice]);
    await activateAll([dice], { settings: { dice: { faces: 20 } } });
    const refused = await activateAll([dice], { settings: { dice: { faces: 1, colour: 'secret-canary' } } });
    expect(seen).toEqual([{ faces: 6 }, { faces: 20 }]);
    expect(reasonsOf(refused)['dice']).toMatch(/do not fit/);
    expect(reasonsOf(refused)['dice']).not.toMatch(/canary/);
  });

  it('a provider without the capability for secrets never sees a key', async () => {
    const seen: unknown[] = [];
    const nosy = (id: string) => ({
      ...provider(id),
      listModels: async (credential: object) => {
        seen.push(Object.keys(credential));
        return [];
      },
    });
    const contributes = (id: string) => ({ modelProviders: [id] });
    const { providers } = await activateAll([
      extension('blind', (host) => host.addModelProvider(nosy('blind')), {
        contributes: contributes('blind'),
      }),
      extension('seeing', (host) => host.addModelProvider(nosy('seeing')), {
        contributes: contributes('seeing'),
        capabilities: { secrets: true },
      }),
    ]);
    const { signal } = new AbortController();
    for (const one of providers.values()) await one.listModels({ name: 'n', apiKey: 'sk' }, signal);
    expect(seen).toEqual([['name'], ['name', 'apiKey']]);
  });
});
