import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONFIG_FILE_NAME, SettingsError } from '@dispatch/link';
import { beforeEach, describe, expect, it } from 'vitest';
import { type KernelConfig, readKernelConfig } from './config.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'dispatch-config-'));
});

const read = (
  env: Record<string, string> = {},
  file?: object,
  argv: readonly string[] = [],
): KernelConfig => {
  if (file !== undefined) writeFileSync(join(directory, CONFIG_FILE_NAME), JSON.stringify(file));
  return readKernelConfig(argv, { DISPATCH_DATA_DIR: directory, ...env }, '/nobody');
};

/** Credentials with their keys readable. */
const revealed = ({ credentials }: KernelConfig) =>
  credentials.map(({ apiKey, ...rest }) =>
    apiKey === undefined ? rest : { ...rest, apiKey: apiKey.reveal() },
  );

describe('kernel configuration', () => {
  it('without any setting there are the demo models and nothing else', () => {
    expect(read()).toEqual({
      dataDirectory: directory,
      credentials: [],
      demo: true,
      defaultModel: 'demo/writer',
      fallbackModels: [],
      turnLimits: {},
      extensions: { paths: [], switchedOff: [], settings: {} },
    });
  });

  it('a key makes a credential; for OpenAI-compatible servers a base URL alone does too', () => {
    expect(revealed(read({ ANTHROPIC_API_KEY: 'k1', OPENAI_API_KEY: 'k2' }))).toEqual([
      { name: 'anthropic', provider: 'anthropic', apiKey: 'k1' },
      { name: 'openai', provider: 'openai-compatible', baseUrl: 'https://api.openai.com/v1', apiKey: 'k2' },
    ]);
    expect(read({ OPENAI_BASE_URL: 'http://127.0.0.1:11434/v1/' }).credentials).toEqual([
      { name: 'openai', provider: 'openai-compatible', baseUrl: 'http://127.0.0.1:11434/v1' },
    ]);
    expect(read({ ANTHROPIC_BASE_URL: 'http://127.0.0.1:1' }).credentials).toEqual([]);
  });

  it('keys come from files as well, and the environment’s credential counts before the file’s', () => {
    const keyFile = join(directory, 'key');
    writeFileSync(keyFile, 'k3\n');
    const file = {
      credentials: [
        { name: 'openai', provider: 'openai-compatible', apiKey: 'other' },
        {
          name: 'local',
          provider: 'openai-compatible',
          apiKeyFile: keyFile,
          baseUrl: 'http://h/v1',
          models: ['m'],
        },
      ],
    };
    expect(revealed(read({ OPENAI_API_KEY_FILE: keyFile }, file))).toEqual([
      { name: 'openai', provider: 'openai-compatible', baseUrl: 'https://api.openai.com/v1', apiKey: 'k3' },
      { name: 'local', provider: 'openai-compatible', apiKey: 'k3', baseUrl: 'http://h/v1', models: ['m'] },
    ]);
  });

  it('the default model comes from the flag, the environment, the file', () => {
    const file = { defaultModel: 'file/m' };
    expect(read({ DISPATCH_DEFAULT_MODEL: 'env/m' }, file, ['--default-model', 'flag/m']).defaultModel).toBe(
      'flag/m',
    );
    expect(read({ DISPATCH_DEFAULT_MODEL: 'env/m' }, file).defaultModel).toBe('env/m');
    expect(read({}, file).defaultModel).toBe('file/m');
    expect(read({ OPENAI_API_KEY: 'k' }, { demo: false, defaultModel: 'openai/org/model' }).demo).toBe(false);
  });

  it.each<[string, Record<string, string>, object | undefined]>([
    ['a model without credential', { DISPATCH_DEFAULT_MODEL: 'gpt' }, undefined],
    ['no demo and no default model', {}, { demo: false }],
    ['a base URL that is none', { OPENAI_BASE_URL: 'localhost:11434' }, undefined],
    ['a fallback model without credential', {}, { fallbackModels: ['gpt'] }],
    ['two credentials of one name', {}, { credentials: [cred('a'), cred('a')] }],
    ['the demo’s name', {}, { credentials: [cred('demo')] }],
    ['a key twice', {}, { credentials: [{ ...cred('a'), apiKey: 'k', apiKeyFile: '/k' }] }],
    ['a missing key file', {}, { credentials: [{ ...cred('a'), apiKeyFile: '/nowhere/key' }] }],
    ['a key nobody knows', {}, { defaultmodel: 'demo/fast' }],
    ['an absurd limit', {}, { turnLimits: { steps: 0 } }],
  ])('refuses %s', (_, env, file) => {
    expect(() => read(env, file)).toThrow(SettingsError);
  });
});

function cred(name: string): { name: string; provider: string } {
  return { name, provider: 'openai-compatible' };
}
