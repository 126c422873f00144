import {
  dataDirectory,
  type Environment,
  parseFlags,
  pickSetting,
  portSetting,
  readConfigFile,
  SettingsError,
} from '@dispatch/link';
import { z } from 'zod';
import { type AuthConfig, readAuthConfig } from './auth/auth-config.ts';
import { readTrust } from './http/client-address.ts';
import { type Limits, readLimits } from './limits/limits.ts';

/** Everything an operator can decide about the gateway. */
export interface GatewayConfig {
  /** Absolute. Where the kernel puts its sockets and the link secret. */
  readonly dataDirectory: string;
  /** Address to bind; in auth mode `local` a loopback one. */
  readonly host: string;
  /** HTTP and WebSocket upgrade. 0: the system chooses. */
  readonly httpPort: number;
  /** WebSocket only. 0: the system chooses. */
  readonly wsPort: number;
  /** Origins, in auth mode `local` beside the loopback ones, whose pages may call us, in the form browsers send them. */
  readonly allowedOrigins: readonly string[];
  /** Addresses and ranges whose word on where a request is from is taken. */
  readonly trustedProxies: readonly string[];
  readonly auth: AuthConfig;
  readonly limits: Limits;
}

const DEFAULTS = { host: '127.0.0.1', httpPort: 24203, wsPort: 24205 };

/** Settings from flags, then environment, then the configuration file, then defaults. Throws `SettingsError`. */
export function readGatewayConfig(argv: readonly string[], env: Environment, home: string): GatewayConfig {
  const flags = parseFlags(argv, ['data-dir', 'host', 'http-port', 'ws-port', 'auth']);
  const directory = dataDirectory(flags['data-dir'], env, home);
  const file = readConfigFile(directory);
  const pick = (flag: string | undefined, name: string, variable: string, key: keyof typeof file) => [
    { from: `--${name}`, value: flag },
    { from: variable, value: env[variable] },
    { from: `${key} in dispatch.config.json`, value: file[key] },
  ];
  const host = pickSetting(pick(flags.host, 'host', 'DISPATCH_HOST', 'host'), z.string(), DEFAULTS.host);
  const mode = pick(flags.auth, 'auth', 'DISPATCH_AUTH', 'auth');
  const auth = readAuthConfig({ mode, host, env, oidc: file.oidc });
  return {
    dataDirectory: directory,
    host,
    httpPort: pickSetting(
      pick(flags['http-port'], 'http-port', 'DISPATCH_HTTP_PORT', 'httpPort'),
      portSetting,
      DEFAULTS.httpPort,
    ),
    wsPort: pickSetting(
      pick(flags['ws-port'], 'ws-port', 'DISPATCH_WS_PORT', 'wsPort'),
      portSetting,
      DEFAULTS.wsPort,
    ),
    allowedOrigins: allowedOrigins(env['DISPATCH_ALLOWED_ORIGINS'], file.allowedOrigins),
    trustedProxies: trustedProxies(env['DISPATCH_TRUSTED_PROXIES'], file.trustedProxies),
    auth,
    limits: readLimits(file.limits, auth.mode),
  };
}

function allowedOrigins(variable: string | undefined, file: readonly string[] | undefined): string[] {
  const given = listed(variable, file);
  for (const origin of given) {
    // What a browser sends is compared byte by byte, so anything but that form would silently never match.
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      throw new SettingsError(
        `DISPATCH_ALLOWED_ORIGINS: "${origin}" is not an origin; write it like https://console.example`,
      );
    }
  }
  return given;
}

function trustedProxies(variable: string | undefined, file: readonly string[] | undefined): string[] {
  const given = listed(variable, file);
  readTrust(given);
  return given;
}

/** A list from its variable, where it is separated by commas, else from the file. */
function listed(variable: string | undefined, file: readonly string[] = []): string[] {
  return variable ? variable.split(',').map((part) => part.trim()) : [...file];
}
