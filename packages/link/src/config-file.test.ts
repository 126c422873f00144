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
    };
    expect(readConfigFile(directoryWith(JSON.stringify(written)))).toEqual(written);
  });

  it('an unknown key is an error that names it, on any level', () => {
    expect(() => readConfigFile(directoryWith('{"defaultModell":"x"}'))).toThrow(/defaultModell/);
    const nested = '{"credentials":[{"name":"a","provider":"p","apikey":"sk-canary"}]}';
    expect(() => readConfigFile(directoryWith(nested))).toThrow(/credentials\.0.*apikey/);
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
