import {
  defineFilter,
  defineHook,
  defineService,
  type ExtensionHost,
  HostError,
  TURN_TOOLS,
} from '@dispatch/extension-api';
import { describe, expect, it } from 'vitest';
import { settle } from '../turn/__fixtures__/virtual-clock.ts';
import { activateAll, extension, reasonsOf, tool } from './__fixtures__/activate.ts';

describe('between extensions', () => {
  const SAID = defineHook<{ words: string[] }>('speaker/said');
  const LOUDER = defineFilter<string, null>('speaker/louder', { deadlineMs: 50 });
  const VOICE = defineService<{ say: (input: { words: string[] }) => string; fail: () => never }>(
    'speaker/voice',
  );
  const speaker = (use: (host: ExtensionHost) => void) =>
    extension(
      'speaker',
      (host) => {
        host.provideService(VOICE, {
          say: ({ words }) => words.join(' '),
          fail: () => {
            throw new Error('hoarse');
          },
        });
        use(host);
      },
      { contributes: { services: ['speaker/voice'], hooks: ['speaker/said'], filters: ['speaker/louder'] } },
    );

  it('each listener gets a copy of its own, and one that fails harms nobody', async () => {
    const heard: unknown[] = [];
    let host: ExtensionHost | undefined;
    const spoiling = extension('spoiling', (one) =>
      one.on(SAID, (payload) => {
        payload.words.push('spoiled');
        throw new Error('ill');
      }),
    );
    const hearing = extension('hearing', (one) => one.on(SAID, ({ words }) => void heard.push(words)));
    const activated = await activateAll([
      speaker((one) => {
        host = one;
      }),
      spoiling,
      hearing,
    ]);
    const words = ['hello'];
    host?.emit(SAID, { words });
    words.push('later');
    await settle();
    expect(heard).toEqual([['hello']]);
    expect(activated.facts().find(({ id }) => id === 'spoiling')?.lastError).toBe(
      'its listener of speaker/said: ill',
    );
    expect(() => host?.emit(TURN_STARTED_OF_OTHERS, {})).toThrow(HostError);
  });

  const TURN_STARTED_OF_OTHERS = defineHook<object>('kernel/turn-started');

  it('filters pass in the order of priority; who is late or throws is passed over', async () => {
    let host: ExtensionHost | undefined;
    const part = (id: string, change: (value: string) => string | Promise<string>, priority?: number) =>
      extension(id, (one) => one.addFilter(LOUDER, change, priority));
    await activateAll([
      speaker((one) => {
        host = one;
      }),
      part('last', (value) => `${value}c`, 5),
      part('hanging', () => new Promise(() => {})),
      part('throwing', () => Promise.reject(new Error('no'))),
      part('silent', () => undefined as never),
      part('first', (value) => `${value}a`, -1),
      part('middle', (value) => `${value}b`),
    ]);
    expect(await host?.applyFilter(LOUDER, '', null)).toBe('abc');
  });

  it('a filter that says so fails instead', async () => {
    const strict = defineFilter<string, null>('speaker/louder', { onFailure: 'fail' });
    let host: ExtensionHost | undefined;
    await activateAll([
      speaker((one) => {
        host = one;
      }),
      extension('throwing', (one) => one.addFilter(strict, () => Promise.reject(new Error('no')))),
    ]);
    await expect(host?.applyFilter(strict, '', null)).rejects.toThrow('"throwing" failed in speaker/louder');
  });

  it('the tools a model is offered pass through kernel/turn-tools, and nothing is invented there', async () => {
    const two = extension(
      'two',
      (host) => {
        host.addTool(tool('a'));
        host.addTool(tool('b'));
        host.addFilter(TURN_TOOLS, (names, { cwd }) => (cwd === null ? ['made-up', 'b'] : names));
      },
      { contributes: { tools: ['a', 'b'] } },
    );
    const { tools } = await activateAll([two]);
    const offered = await tools.offeredTo({ conversationId: 'c', cwd: null });
    expect(offered.all.map(({ name }) => name)).toEqual(['b']);
    expect(offered.byName('a')).toBeUndefined();
    expect((await tools.offeredTo({ conversationId: 'c', cwd: '/' })).all).toHaveLength(2);
  });

  it('a service is there for those who depend on it, by copies, and its failures are the caller’s', async () => {
    let answer: unknown;
    let failure: unknown;
    const asking = extension(
      'asking',
      async (host) => {
        const voice = host.service(VOICE);
        answer = await voice.say({ words: ['a', 'b'] });
        failure = await voice.fail().catch((error: unknown) => error);
      },
      { dependsOn: ['speaker'] },
    );
    const rude = extension('rude', (host) => void host.service(VOICE));
    const activated = await activateAll([speaker(() => {}), asking, rude]);
    expect(answer).toBe('a b');
    expect(failure).toEqual(new Error('hoarse'));
    expect(reasonsOf(activated)).toEqual({ rude: 'its manifest does not list "speaker" in dependsOn' });
  });
});
