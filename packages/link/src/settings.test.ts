import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  isLoopbackHost,
  parseFlags,
  pickSetting,
  portSetting,
  SettingsError,
  secretSetting,
} from './settings.ts';

const temporary = (): string => mkdtempSync(join(tmpdir(), 'dispatch-settings-'));

describe('settings', () => {
  it('come from flags, then environment, then the file, then the default; empty strings count as unset', () => {
    const port = (flag?: string, env?: string, file?: number): number =>
      pickSetting(
        [
          { from: '--http-port', value: flag },
          { from: 'DISPATCH_HTTP_PORT', value: env },
          { from: 'httpPort', value: file },
        ],
        portSetting,
        24203,
      );
    expect(port('1', '2', 3)).toBe(1);
    expect(port('', '2', 3)).toBe(2);
    expect(port(undefined, '', 3)).toBe(3);
    expect(port()).toBe(24203);
    expect(port('0')).toBe(0);
  });

  it('a bad value is an error that names its source, also when a later source would be good', () => {
    for (const bad of ['abc', '65536', '-1', '1.5', '1e3', ' 80']) {
      expect(() => pickSetting([{ from: 'DISPATCH_HTTP_PORT', value: bad }], portSetting, 1)).toThrow(
        /^DISPATCH_HTTP_PORT: must be a port number, 0 to 65535$/,
      );
    }
  });

  it('flags that nobody knows, lack a value or are bare words are refused', () => {
    expect(parseFlags(['--data-dir', '/d', '--ws-port=5'], ['data-dir', 'ws-port'])).toEqual({
      'data-dir': '/d',
      'ws-port': '5',
    });
    for (const argv of [['--data-dirr', '/d'], ['--data-dir'], ['up']]) {
      expect(() => parseFlags(argv, ['data-dir'])).toThrow(SettingsError);
    }
  });

  it('a secret comes from the variable or from a file, never from both', () => {
    const path = join(temporary(), 'key');
    writeFileSync(path, 'sk-canary\n');
    expect(secretSetting({ KEY: 'direct' }, 'KEY')).toBe('direct');
    expect(secretSetting({ KEY_FILE: path }, 'KEY')).toBe('sk-canary');
    expect(secretSetting({ KEY: '' }, 'KEY')).toBeUndefined();
    expect(() => secretSetting({ KEY: 'a', KEY_FILE: path }, 'KEY')).toThrow(/both/);
    expect(() => secretSetting({ KEY_FILE: `${path}-missing` }, 'KEY')).toThrow(/KEY_FILE.*ENOENT/);
    writeFileSync(path, '\n');
    expect(() => secretSetting({ KEY_FILE: path }, 'KEY')).toThrow(/empty/);
  });

  it('a secret that no header can carry is refused without being quoted', () => {
    const path = join(temporary(), 'key');
    for (const bad of [
      'sk-canary\nsecond',
      'sk-canary\r',
      'sk canary',
      'sk-canary\u00a0',
      'sk-canäry',
      'sk\u0000',
    ]) {
      const direct = (): unknown => secretSetting({ KEY: bad }, 'KEY');
      expect(direct).toThrow(SettingsError);
      expect(direct).toThrow(/^KEY: must be visible ASCII characters on one line$/);
    }
    for (const bad of ['sk-canary\nsecond\n', 'sk canary', 'sk-canäry', 'sk\u0000']) {
      writeFileSync(path, bad);
      const fromFile = (): unknown => secretSetting({ KEY_FILE: path }, 'KEY');
      expect(fromFile).toThrow(SettingsError);
      expect(fromFile).toThrow(`KEY_FILE: ${path} must hold visible ASCII characters on one line`);
    }
  });

  it('only loopback hosts are loopback', () => {
    for (const host of ['127.0.0.1', '127.255.0.9', '::1', 'localhost'])
      expect(isLoopbackHost(host)).toBe(true);
    for (const host of [
      '0.0.0.0',
      '::',
      '127.0.0.1.evil.example',
      '127.0.0.256',
      '10.0.0.1',
      '',
      'localhost.',
    ]) {
      expect(isLoopbackHost(host)).toBe(false);
    }
  });
});
