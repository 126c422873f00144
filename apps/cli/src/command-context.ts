import { createClient, type DispatchClient } from '@dispatch/client';
import { secretSetting } from '@dispatch/link';
import type { Command } from 'commander';
import { WebSocket } from 'ws';
import { type Clock, systemClock } from './clock.ts';
import { DEFAULT_URL, type GlobalOptions } from './command-options.ts';
import { createOutput, type Output } from './output.ts';
import type { Terminal } from './terminal.ts';

/** What every command works with. */
export interface CommandContext {
  readonly client: DispatchClient;
  /** Of the gateway. */
  readonly url: string;
  /** Says who we are. Undefined: nothing does. */
  readonly token: string | undefined;
  readonly out: Output;
  readonly terminal: Terminal;
  readonly clock: Clock;
}

/** Makes a commander action of a command, whose answer is the exit code. */
export type AddAction = <Given extends unknown[]>(
  run: (context: CommandContext, ...given: Given) => Promise<number>,
) => (...given: unknown[]) => Promise<void>;

/**
 * From the options that count for every command, wherever on the line they stand. The token may also be in the file that `DISPATCH_TOKEN_FILE` names; throws
 * `SettingsError` when that cannot be read.
 */
export function createContext(command: Command, terminal: Terminal): CommandContext {
  const options = command.optsWithGlobals<GlobalOptions>();
  const { env } = terminal;
  const url = options.url ?? (env['DISPATCH_URL'] || DEFAULT_URL);
  const token = options.token ?? secretSetting(env, 'DISPATCH_TOKEN');
  return {
    client: createClient({ url, WebSocket, ...(token !== undefined && { token }) }),
    url,
    token,
    out: createOutput(terminal, options.json === true),
    terminal,
    clock: systemClock,
  };
}
