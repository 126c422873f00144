import { createClient, type DispatchClient } from '@dispatch/client';
import { secretSetting } from '@dispatch/link';
import { type Command, InvalidArgumentError } from 'commander';
import { WebSocket } from 'ws';
import { type Clock, systemClock } from './clock.ts';
import { createOutput, type Output } from './output.ts';
import type { Terminal } from './terminal.ts';

export const DEFAULT_URL = 'http://127.0.0.1:24203';

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

export interface GlobalOptions {
  readonly url?: string;
  readonly token?: string;
  readonly json?: boolean;
}

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

/** A commander argument parser: a whole number from `min`. */
export function wholeNumber(min: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || !Number.isSafeInteger(number) || number < min) {
      throw new InvalidArgumentError(`It must be a whole number from ${min}.`);
    }
    return number;
  };
}
