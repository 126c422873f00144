import { chmodSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkPrivateDirectory, dataDirectory, ensurePrivateDirectory } from './data-directory.ts';
import { isSameSecret, readLinkSecret, writeLinkSecret } from './link-secret.ts';
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

  it('S-17: is made for its owner alone; ours is narrowed, a folder with other things in it is refused', () => {
    const root = temporary();
    ensurePrivateDirectory(join(root, 'a', 'b'));
    expect(modeOf(join(root, 'a', 'b'))).toBe(0o700);

    const ours = join(root, 'ours');
    mkdirSync(ours);
    chmodSync(ours, 0o755);
    writeFileSync(join(ours, 'dispatch.config.json'), '{}');
    ensurePrivateDirectory(ours);
    expect(modeOf(ours)).toBe(0o700);

    const other = join(root, 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'thesis.txt'), '');
    chmodSync(other, 0o755);
    expect(() => ensurePrivateDirectory(other)).toThrow(/chmod 700/);
    expect(modeOf(other)).toBe(0o755);
    expect(() => checkPrivateDirectory(join(root, 'missing'))).toThrow(/does not exist/);
    expect(() => ensurePrivateDirectory(join(other, 'thesis.txt'))).toThrow(/cannot be used as a folder/);
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
    expect(isSameSecret('abc', 'abc')).toBe(true);
    for (const given of ['abd', 'ab', 'abcd', '', undefined]) expect(isSameSecret(given, 'abc')).toBe(false);
  });
});
