import type { LanguageModelV3 } from '@ai-sdk/provider';
import type { CredentialSettings, ModelProvider } from '@dispatch/extension-api';
import { describe, expect, it } from 'vitest';
import { recordingLog } from '../turn/__fixtures__/engine.ts';
import { createVirtualClock } from '../turn/__fixtures__/virtual-clock.ts';
import { type Credential, createModelCatalogue } from './model-catalogue.ts';

const idle = new AbortController().signal;

function catalogue(listModels: ModelProvider['listModels'], credentials: readonly Credential[]) {
  const clock = createVirtualClock();
  const logged: string[] = [];
  const provider: ModelProvider = {
    id: 'fake',
    listModels,
    languageModel: (credential, name) => ({ modelId: `${credential.name}:${name}` }) as LanguageModelV3,
    classify: () => ({ code: 'overloaded', message: 'busy', retryable: true }),
  };
  const models = createModelCatalogue({
    providers: new Map([['fake', provider]]),
    credentials,
    defaultModel: 'demo/writer',
    fallbackModels: ['demo/fast'],
    clock,
    log: recordingLog(logged),
  });
  return { models, clock, logged };
}

const credential = (name: string, more: Partial<Credential> = {}): Credential => ({
  name,
  provider: 'fake',
  ...more,
});

/** The fields of what is logged while the models of one credential `a` are listed. */
async function warningsOf(
  listModels: ModelProvider['listModels'],
  classify: ModelProvider['classify'],
): Promise<readonly object[]> {
  const fields: object[] = [];
  const record = (entry: object) => {
    fields.push(entry);
  };
  const models = createModelCatalogue({
    providers: new Map([
      ['fake', { id: 'fake', listModels, languageModel: () => ({}) as LanguageModelV3, classify }],
    ]),
    credentials: [credential('a')],
    defaultModel: 'demo/writer',
    fallbackModels: [],
    clock: createVirtualClock(),
    log: { info: record, warn: record, error: record },
  });
  await models.list(idle);
  return fields;
}

describe('the model catalogue', () => {
  it('resolves by the name in front of the first slash', () => {
    const { models } = catalogue(
      async () => [],
      [credential('a'), credential('gone', { provider: 'nobody' })],
    );
    const resolved = models.resolve('a/b/c');
    expect(resolved).toMatchObject({ name: 'a/b/c', model: { modelId: 'a:b/c' } });
    expect(resolved?.classify(new Error())).toMatchObject({ code: 'overloaded' });
    for (const name of ['b/c', 'gone/x', 'a', 'a/', '/a', '', 'constructor/x', '__proto__/x']) {
      expect(models.resolve(name)).toBeUndefined();
    }
  });

  it('lists in the order of the credentials, with the models an operator listed asked of nobody', async () => {
    const asked: string[] = [];
    const list = async ({ name }: CredentialSettings) => {
      asked.push(name);
      return ['x', 'y'];
    };
    const { models } = catalogue(list, [credential('b', { models: ['m'] }), credential('a')]);
    expect(await models.list(idle)).toEqual({ models: ['b/m', 'a/x', 'a/y'], unavailable: [] });
    expect(asked).toEqual(['a']);
  });

  it('a credential that fails, hangs or has no provider is listed as unavailable, and hides no other', async () => {
    const list = ({ name }: CredentialSettings) =>
      name === 'fails'
        ? Promise.reject(new Error('key sk-secret'))
        : name === 'hangs'
          ? new Promise<never>(() => {})
          : Promise.resolve(['x']);
    const { models, clock } = catalogue(list, [
      credential('fails'),
      credential('hangs'),
      credential('gone', { provider: 'nobody' }),
      credential('good'),
    ]);
    const listed = models.list(idle);
    await clock.advance(5_000);
    const { models: names, unavailable } = await listed;
    expect(names).toEqual(['good/x']);
    expect(unavailable.map((one) => one.credential)).toEqual(['fails', 'hangs', 'gone']);
    expect(JSON.stringify(unavailable)).not.toContain('sk-secret');
  });

  it('of a failing credential the log holds the class and never the exception, which may quote its key', async () => {
    const failure = {
      code: 'authentication-failed',
      message: 'The key is refused.',
      retryable: false,
    } as const;
    const classified: unknown[] = [];
    const classify: ModelProvider['classify'] = (error) => {
      classified.push(error);
      return failure;
    };
    const bad = new TypeError('Headers.append: "sk-secret" is an invalid header value.');
    expect(await warningsOf(() => Promise.reject(bad), classify)).toEqual([
      { credential: 'a', code: failure.code, reason: failure.message },
    ]);
    expect(classified).toEqual([bad]);
    const broken = await warningsOf(
      () => Promise.reject(bad),
      () => {
        throw bad;
      },
    );
    expect(broken).toEqual([
      { credential: 'a', code: 'provider-error', reason: 'It cannot say what failed.' },
    ]);
  });

  it('asks once in 60 s, also for parallel callers, and again 5 s after a failure', async () => {
    let asked = 0;
    let broken = false;
    const { models, clock } = catalogue(async () => {
      asked += 1;
      if (broken) throw new Error('down');
      return ['x'];
    }, [credential('a')]);
    await Promise.all([models.list(idle), models.list(idle)]);
    await clock.advance(59_999);
    await models.list(idle);
    expect(asked).toBe(1);
    broken = true;
    await clock.advance(1);
    expect((await models.list(idle)).unavailable).toHaveLength(1);
    await models.list(idle);
    expect(asked).toBe(2);
    broken = false;
    await clock.advance(5_000);
    expect((await models.list(idle)).models).toEqual(['a/x']);
  });

  it('a caller that gives up does not spoil the answer for the others', async () => {
    let answer = (_: readonly string[]) => {};
    const { models } = catalogue(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
      [credential('a')],
    );
    const impatient = new AbortController();
    const first = models.list(impatient.signal);
    const second = models.list(idle);
    impatient.abort(new Error('gone'));
    await expect(first).rejects.toThrow('gone');
    answer(['x']);
    expect((await second).models).toEqual(['a/x']);
  });

  it('of two credentials with one name the first counts, and the log says so', () => {
    const { models, logged } = catalogue(
      async () => [],
      [credential('a'), credential('a', { provider: 'nobody' })],
    );
    expect(models.resolve('a/x')).toBeDefined();
    expect(logged).toHaveLength(1);
  });
});
