import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CONFIG_FILE_NAME, readConfigFile } from './config-file.ts';

function directoryWith(text: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'dispatch-config-'));
  writeFileSync(join(directory, CONFIG_FILE_NAME), text);
  return directory;
}

describe('dispatch.config.json', () => {
  it('is optional', () => {
    expect(readConfigFile(mkdtempSync(join(tmpdir(), 'dispatch-config-')))).toEqual({});
  });

  it('gives its keys as they are written', () => {
    const written = {
      credentials: [{ name: 'local', provider: 'openai-compatible', baseUrl: 'http://127.0.0.1:11434/v1' }],
      defaultModel: 'local/llama',
      fallbackModels: ['demo/writer'],
      demo: false,
      httpPort: 25203,
      turnLimits: { steps: 5 },
      extensions: { paths: ['./mine'], switchedOff: ['tool-clock'], settings: { mine: { a: [1, null] } } },
    };
    expect(readConfigFile(directoryWith(JSON.stringify(written)))).toEqual(written);
  });

  it('an unknown key is an error that names it, on any level', () => {
    expect(() => readConfigFile(directoryWith('{"defaultModell":"x"}'))).toThrow(/defaultModell/);
    const nested = '{"credentials":[{"name":"a","provider":"p","apikey":"sk-canary"}]}';
    expect(() => readConfigFile(directoryWith(nested))).toThrow(/credentials\.0.*apikey/);
  });

  it('an unknown key is told with the one that was probably meant', () => {
    const read = (text: string) => () => readConfigFile(directoryWith(text));
    expect(read('{"defualtModel":"x"}')).toThrow(/defualtModel.*did you mean defaultModel\?$/);
    expect(read('{"turnLimits":{"step":5}}')).toThrow(/did you mean steps\?$/);
    expect(read('{"extensions":{"path":[]}}')).toThrow(/did you mean paths\?$/);
    const nested = '{"credentials":[{"name":"a","provider":"p","apikey":"sk-canary"}]}';
    expect(read(nested)).toThrow(/did you mean apiKey\?$/);
    expect(read('{"colour":"x"}')).not.toThrow(/did you mean/);
  });

  it('no wait is longer than a timer can count', () => {
    const longest = 2_147_483_647;
    for (const limit of ['durationMs', 'retryBaseMs', 'retryAfterCapMs', 'firstByteMs', 'idleMs']) {
      const read = (ms: number) =>
        readConfigFile(directoryWith(JSON.stringify({ turnLimits: { [limit]: ms } })));
      expect(read(longest)).toEqual({ turnLimits: { [limit]: longest } });
      expect(() => read(longest + 1)).toThrow(new RegExp(`turnLimits\\.${limit}.*2147483647`));
    }
  });

  it('a bad port is told what is expected', () => {
    for (const bad of ['65536', '-1', '1.5', '"80"', 'null']) {
      expect(() => readConfigFile(directoryWith(`{"httpPort":${bad}}`))).toThrow(
        /: httpPort: must be a port number, 0 to 65535$/,
      );
    }
  });

  it('a key that no header can carry is refused', () => {
    for (const apiKey of ['sk-canary\nsecond', 'sk-canary ', 'sk-canäry']) {
      const text = JSON.stringify({ credentials: [{ name: 'a', provider: 'p', apiKey }] });
      const read = (): unknown => readConfigFile(directoryWith(text));
      expect(read).toThrow(/credentials\.0\.apiKey: must be visible ASCII characters on one line$/);
      expect(read).not.toThrow(/canary|canäry/);
    }
  });

  it('an error never quotes a value, which may be a secret', () => {
    for (const text of [
      '{"credentials":[{"name":"a","provider":"p","apiKey":"sk-canary"}',
      '{"credentials":[{"name":"a","provider":"p","baseUrl":"sk-canary"}]}',
      '{"credentials":"sk-canary"}',
    ]) {
      const read = (): unknown => readConfigFile(directoryWith(text));
      expect(read).toThrow();
      expect(read).not.toThrow(/sk-canary/);
    }
  });
});
