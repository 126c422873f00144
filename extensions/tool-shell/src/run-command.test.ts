import { chmodSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createShell, type Shell, script } from './__fixtures__/shell.ts';

let shell: Shell;
beforeEach(async () => {
  shell = await createShell();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await shell.dispose();
});

describe('run-command', () => {
  it('runs a program in the working directory and tells what it wrote', async () => {
    const { content, isError } = await shell.run(script('pwd; echo oops >&2'));
    expect({ content, isError }).toEqual({
      content: `It ended with exit code 0.\n\nstdout:\n${realpathSync(shell.cwd)}\n\n\nstderr:\noops\n`,
      isError: false,
    });
    expect(await shell.run({ command: ['true'] })).toEqual({
      content: 'It ended with exit code 0. It wrote nothing.',
      isError: false,
    });
  });

  it('S-57: is no shell, and takes every word as it is', async () => {
    const words = ['$HOME', '; ls', '*', '`id`', "it's", 'two words', '', '-n', 'ä\n'];
    const { content } = await shell.run({ command: ['printf', '<%s>', ...words] });
    expect(content).toContain(`stdout:\n${words.map((word) => `<${word}>`).join('')}`);
  });

  it.each([
    ['exit 3', /^It ended with exit code 3\./],
    ['kill -KILL $$', /^It ended by the signal SIGKILL\./],
  ])('tells that %j failed', async (text, how) => {
    expect(await shell.run(script(text))).toMatchObject({
      isError: true,
      content: expect.stringMatching(how),
    });
  });

  it('gives it its input and no more, so that nothing waits for a person', async () => {
    expect((await shell.run({ command: ['cat'], stdin: 'ä line\n' })).content).toContain('stdout:\nä line\n');
    expect((await shell.run({ command: ['cat'] })).content).toBe(
      'It ended with exit code 0. It wrote nothing.',
    );
    const unread = await shell.run({ command: ['true'], stdin: 'x'.repeat(65_536) });
    expect(unread.isError).toBe(false);
    // A socket there would make bash read ~/.bashrc first.
    expect((await shell.run({ command: ['readlink', '/proc/self/fd/0'] })).content).toContain('/dev/null');
    const terminal = await shell.run(script('tty; : </dev/tty'));
    expect(terminal.content).toMatch(/not a tty[\s\S]*\/dev\/tty/);
  });

  it('S-57: gets a few variables and none of the kernel’s keys', async () => {
    for (const name of [
      'OPENAI_API_KEY',
      'ANTHROPIC_API_KEY',
      'DISPATCH_TOKEN',
      'NODE_OPTIONS',
      'LD_PRELOAD',
    ]) {
      vi.stubEnv(name, name === 'NODE_OPTIONS' || name === 'LD_PRELOAD' ? '' : 'canary-1b9c');
    }
    vi.stubEnv('LANG', 'C.UTF-8');
    const { content } = await shell.run({ command: ['env'] });
    expect(content).not.toContain('canary');
    const names = [...content.matchAll(/^([A-Za-z_]+)=/gm)].map(([, name]) => name);
    const allowed = ['HOME', 'LANG', 'PATH', 'TERM', 'TMPDIR', 'TOOL_COMMAND_ID'];
    expect(names.filter((name) => !allowed.includes(name ?? ''))).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(['LANG', 'PATH', 'TOOL_COMMAND_ID']));
  });

  it('S-57: is never looked up in the working directory, where a model can put its own', async () => {
    mkdirSync(join(shell.cwd, 'bin'));
    mkdirSync(join(shell.cwd, '..bin'));
    for (const name of ['ls', 'bin/ls'])
      writeFileSync(join(shell.cwd, name), '#!/bin/sh\necho planted\n', { mode: 0o755 });
    const folders = [
      '.',
      '',
      'bin',
      shell.cwd,
      join(shell.cwd, 'bin'),
      join(shell.cwd, '..bin'),
      '/usr/bin',
      '/bin',
      '/no/such',
    ];
    vi.stubEnv('PATH', folders.join(':'));
    expect((await shell.run({ command: ['ls'] })).content).toMatch(/stdout:\nbin\nls\n/);
    expect((await shell.run(script('echo $PATH'))).content).toContain('stdout:\n/usr/bin:/bin:/no/such\n');
    expect((await shell.run({ command: ['./ls'] })).content).toContain('planted');
  });

  it('finds programs also when the kernel has no PATH', async () => {
    vi.stubEnv('PATH', undefined);
    expect((await shell.run({ command: ['echo', 'found'] })).content).toContain('found');
  });
});

describe('a command that cannot run', () => {
  it.each([
    [{ command: ['no-such-program-here'] }, /There is no program “no-such-program-here”/],
    [{ command: ['./plain'] }, /“.\/plain” is nothing that can be run/],
    [{ command: 'ls -l' }, /a list of texts/],
    [{ command: [] }, /a list of texts/],
    [{ command: ['ls', 7] }, /a list of texts/],
    [{ command: [' '] }, /name of a program/],
    [{ command: ['echo', 'a\0b'] }, /null character/],
    [{ command: ['echo', '\udc00'] }, /valid Unicode/],
    [{ command: ['echo', 'x'.repeat(32_768)] }, /more than 32768 characters/],
    [{ command: Array.from({ length: 1_001 }, () => 'x') }, /more than 1000 words/],
    [{ command: ['cat'], stdin: 7 }, /stdin must be/],
    [{ command: ['cat'], stdin: 'x'.repeat(65_537) }, /stdin has more than/],
    [{ command: ['cat'], timeoutMs: 0 }, /timeoutMs must be/],
    [{ command: ['cat'], timeoutMs: 600_001 }, /timeoutMs must be/],
    [{ command: ['cat'], timeoutMs: 'soon' }, /timeoutMs must be/],
    [null, /a list of texts/],
  ])('%j is answered with the reason', async (input, reason) => {
    writeFileSync(join(shell.cwd, 'plain'), 'no program');
    chmodSync(join(shell.cwd, 'plain'), 0o644);
    const result = await shell.run(input);
    expect(result).toEqual({ isError: true, content: expect.stringMatching(reason) });
    expect(result.content).toMatch(/^Nothing was run\./);
    expect(shell.host.rows()).toEqual([]);
  });

  it.each([
    [null, /has no working directory.*PUT \/conversations\/:id\/cwd/],
    ['relative', /no absolute path/],
    ['/nowhere/at/all', /is not there/],
    ['/etc/hostname', /is not there/],
  ])('the working directory %j is answered with the reason', async (cwd, reason) => {
    const result = await shell.run({ command: ['true'] }, { cwd });
    expect(result).toEqual({ isError: true, content: expect.stringMatching(reason) });
  });

  it('is not begun where it cannot be recorded', async () => {
    shell.host.breakStore('storage-full');
    const result = await shell.run(script('touch ran'));
    expect(result).toMatchObject({
      isError: true,
      content: expect.stringMatching(/not recorded is not run/),
    });
    shell.host.breakStore(undefined);
    expect((await shell.run({ command: ['ls'] })).content).toContain('It wrote nothing');
  });
});

describe('output', () => {
  it('is shown while the command runs, each stream under its name', async () => {
    let ended = false;
    const shown: [string, string, boolean][] = [];
    const running = shell.run(script('echo one; sleep 0.2; echo two >&2'), {
      onOutput: (data, stream) => shown.push([data, stream, ended]),
    });
    await running.then(() => {
      ended = true;
    });
    expect(shown).toEqual([
      ['one\n', 'stdout', false],
      ['two\n', 'stderr', false],
    ]);
  });

  it('is text whatever bytes it is made of', async () => {
    const { content } = await shell.run(
      script(`printf '\\303'; sleep 0.1; printf '\\244 \\377\\000\\376 end\\303'`),
    );
    expect(content).toContain('stdout:\nä \ufffd\0\ufffd end\ufffd');
  });

  it('keeps the beginning and the end of what is long', async () => {
    let shown = 0;
    const { content, isError } = await shell.run(
      { command: ['seq', '1', '300000'] },
      {
        onOutput: (data) => {
          shown += data.length;
        },
      },
    );
    expect(isError).toBe(false);
    expect(content).toMatch(
      /stdout:\n1\n2\n3\n[\s\S]*\[… \d+ characters left out …\][\s\S]*299999\n300000\n$/,
    );
    expect(content.length).toBeLessThan(40_000);
    const left = Number(/\[… (\d+) characters/.exec(content)?.[1]);
    expect(left + 2 * 16_384).toBe(Array.from({ length: 300_000 }, (_, i) => `${i + 1}\n`).join('').length);
    expect(shown).toBeGreaterThan(1_048_576);
    expect(shown).toBeLessThan(1_048_576 + 100);
  });

  it('a flood of it ends the command', async () => {
    const { content, isError } = await shell.run({ command: ['yes', 'x'.repeat(1_000)] });
    expect(isError).toBe(true);
    expect(content).toMatch(/^It was ended because it wrote more than 64 MiB/);
    expect(content.length).toBeLessThan(70_000);
  });
});
