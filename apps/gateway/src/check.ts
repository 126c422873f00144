import { homedir } from 'node:os';
import { type Environment, PRODUCT_VERSION, SettingsError } from '@dispatch/link';
import type { VersionResponse } from '@dispatch/transport-contract';
import type { AuthMode } from './auth/auth-config.ts';
import { readGatewayConfig } from './config.ts';
import { contractVersions } from './version.ts';

/** What `--check` prints: what this gateway would do if it started now. */
export interface GatewayCheck {
  /** Version of this form. */
  readonly v: 1;
  readonly app: 'gateway';
  /** As `GET /version` would tell them. */
  readonly versions: Pick<VersionResponse, 'gateway' | 'contracts'>;
  /** Where it would listen; or the sentence a start would end with. */
  readonly settings:
    | { readonly host: string; readonly httpPort: number; readonly wsPort: number; readonly auth: AuthMode }
    | { readonly fault: string };
}

/** Reads the settings as a start does; opens nothing and changes nothing. */
export function checkGateway(argv: readonly string[], env: Environment, home: string): GatewayCheck {
  return {
    v: 1,
    app: 'gateway',
    versions: { gateway: PRODUCT_VERSION, contracts: contractVersions() },
    settings: settingsOf(argv, env, home),
  };
}

function settingsOf(argv: readonly string[], env: Environment, home: string): GatewayCheck['settings'] {
  try {
    const { host, httpPort, wsPort, auth } = readGatewayConfig(argv, env, home);
    return { host, httpPort, wsPort, auth: auth.mode };
  } catch (error) {
    if (error instanceof SettingsError) return { fault: error.message };
    throw error;
  }
}

/** `--check`: one JSON document on stdout. */
export async function printCheck(argv: readonly string[]): Promise<void> {
  const check = checkGateway(
    argv.filter((flag) => flag !== '--check'),
    process.env,
    homedir(),
  );
  await new Promise((resolve) => process.stdout.write(`${JSON.stringify(check)}\n`, resolve));
}
