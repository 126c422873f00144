import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkPrivateDirectory, dataDirectory, ensurePrivateDirectory } from './data-directory.ts';
import { isSameSecret, readLinkSecret, writeLinkSecret } from './link-secret.ts';
import { Secret } from './secret.ts';
import { socketPaths } from './socket-paths.ts';

const temporary = (): string => mkdtempSync(join(tmpdir(), 'dispatch-link-'));
const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe('data directory', () => {
  it('is the flag, else DISPATCH_DATA_DIR, else below XDG_DATA_HOME, else below the home', () => {
    const env = { DISPATCH_DATA_DIR: '/env', XDG_DATA_HOME: '/xdg' };
    expect(dataDirectory('/flag', env, '/home/a')).toBe('/flag');
    expect(dataDirectory(undefined, env, '/home/a')).toBe('/env');
    expect(dataDirectory(undefined, { ...env, DISPATCH_DATA_DIR: '' }, '/home/a')).toBe('/xdg/dispatch');
    expect(dataDirectory(undefined, { XDG_DATA_HOME: 'relative' }, '/home/a')).toBe(
      '/home/a/.local/share/dispatch',
    );
    expect(dataDirectory('relative', {}, '/home/a')).toBe(join(process.cwd(), 'relative'));
  });

  it('S-17: a private folder is made for its owner alone; one that is open, a link or a file is refused', () => {
    const root = temporary();
    const made = join(root, 'a', 'b');
    ensurePrivateDirectory(made);
    ensurePrivateDirectory(made);
    expect(modeOf(made)).toBe(0o700);

    symlinkSync(made, join(root, 'link'));
    writeFileSync(join(root, 'file'), '');
    mkdirSync(join(root, 'open'));
    chmodSync(join(root, 'open'), 0o755);
    expect(() => ensurePrivateDirectory(join(root, 'open'))).toThrow(/chmod 700/);
    expect(() => ensurePrivateDirectory(join(root, 'file'))).toThrow(/cannot be used as a folder/);
    expect(() => checkPrivateDirectory(join(root, 'link'))).toThrow(/not a folder/);
    expect(() => checkPrivateDirectory(join(root, 'missing'))).toThrow(/does not exist/);
  });
});

describe('socket paths', () => {
  it('are in the data directory, or in a short folder when they would be cut', () => {
    expect(socketPaths('/data').rpc).toBe('/data/rpc.sock');
    const longest = `/${'d'.repeat(100 - '/events.sock'.length - 1)}`;
    expect(Buffer.byteLength(socketPaths(longest).events)).toBe(100);
    expect(socketPaths(longest).apart).toBe(false);
    const apart = socketPaths(`${longest}d`, '/tmp');
    expect(apart.directory).toMatch(/^\/tmp\/dispatch-[0-9a-f]{16}$/);
    expect(apart.apart).toBe(true);
    expect(socketPaths(`${longest}d/`, '/tmp')).toEqual(apart);
    expect(() => socketPaths(`${longest}d`, longest)).toThrow(/longer than 100/);
  });
});

describe('link secret', () => {
  it('S-17: is readable by its owner alone, also over a leftover, and replaced by each boot', () => {
    const directory = temporary();
    expect(readLinkSecret(directory)).toBeUndefined();
    writeFileSync(join(directory, 'link.secret.new'), 'leftover', { mode: 0o644 });
    writeLinkSecret(directory, 'first');
    writeLinkSecret(directory, 'second');
    expect(readLinkSecret(directory)).toBe('second');
    expect(modeOf(join(directory, 'link.secret'))).toBe(0o600);
    expect(() => readFileSync(join(directory, 'link.secret.new'))).toThrow(/ENOENT/);
  });

  it('only the same secret is the same', () => {
    expect(isSameSecret('abc', new Secret('abc'))).toBe(true);
    for (const given of ['abd', 'ab', 'abcd', '', undefined])
      expect(isSameSecret(given, new Secret('abc'))).toBe(false);
  });
});
