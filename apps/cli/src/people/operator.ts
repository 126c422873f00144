import { request } from 'node:http';
import { homedir } from 'node:os';
import {
  dataDirectory,
  encodePrincipal,
  LINK_SECRET_HEADER,
  LOCAL_OWNER,
  OPERATOR_SESSION,
  PRINCIPAL_HEADER,
  readLinkSecret,
  socketPaths,
} from '@dispatch/link';
import {
  type ErrorResponse,
  ROUTES,
  type RouteName,
  routePath,
  type Scope,
} from '@dispatch/transport-contract';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-codes.ts';
import { fieldsOf, jsonOf } from '../raw-http.ts';
import type { Terminal } from '../terminal.ts';

const ANSWER_MS = 10_000;
const EVERY_SCOPE: readonly Scope[] = ['signed-in', 'chat:read', 'chat:write', 'metrics:read', 'admin'];
const EXITS: Readonly<Record<number, number>> = {
  400: EXIT.usage,
  401: EXIT.authentication,
  403: EXIT.authentication,
  404: EXIT.notFound,
  409: EXIT.conflict,
  503: EXIT.unreachable,
};

export interface OperatorCall {
  /** Values of the path's parameters; absent when it has none. */
  readonly params?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** In whose name. Absent: the owner's. */
  readonly userId?: string;
}

/** Asks the kernel of this machine, past every gateway: whoever has its data directory may do everything. */
export interface Operator {
  /** The body of the answer; a refusal is a `CliError`. */
  ask<Body>(route: RouteName, call?: OperatorCall): Promise<Body>;
}

/** The operator of the instance that the flag, or else the environment, names. */
export function createOperator(flag: string | undefined, { env }: Pick<Terminal, 'env'>): Operator {
  const directory = dataDirectory(flag, env, homedir());
  return {
    async ask<Body>(route: RouteName, { params, body, userId = LOCAL_OWNER }: OperatorCall = {}) {
      const secret = readLinkSecret(directory);
      if (secret === undefined) throw noKernel(directory);
      const principal = { userId, sessionId: OPERATOR_SESSION, scopes: EVERY_SCOPE };
      const headers = { [LINK_SECRET_HEADER]: secret, [PRINCIPAL_HEADER]: encodePrincipal(principal) };
      const { status, text } = await answered(directory, route, params, headers, body);
      const value = jsonOf(text);
      if (status === 200) return value as Body;
      throw refused(status, fieldsOf(value));
    },
  };
}

function answered(
  directory: string,
  route: RouteName,
  params: OperatorCall['params'],
  headers: Readonly<Record<string, string>>,
  body: unknown,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      socketPath: socketPaths(directory).rpc,
      method: ROUTES[route].method,
      path: routePath(route, params),
      headers,
      timeout: ANSWER_MS,
    });
    outgoing.on('timeout', () => outgoing.destroy());
    // No socket, or one that nobody listens on any more.
    outgoing.on('error', () => reject(noKernel(directory)));
    outgoing.on('response', (incoming) => {
      const parts: Buffer[] = [];
      incoming.on('data', (part: Buffer) => parts.push(part));
      incoming.on('error', reject);
      incoming.on('end', () => {
        resolve({ status: incoming.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') });
      });
    });
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function noKernel(directory: string): CliError {
  return new CliError(
    'unreachable',
    EXIT.unreachable,
    `No kernel runs over ${directory}.`,
    'Start it with `dispatch up`, or name its data directory with --data-dir. These commands work on the machine it runs on.',
  );
}

function refused(status: number, fields: Partial<ErrorResponse> = {}): CliError {
  const { code = 'failed', error = `The kernel answered ${status}.`, hint, requestId } = fields;
  return new CliError(code, EXITS[status] ?? EXIT.failed, error, hint, requestId);
}
