import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIG_FILE_NAME, type ConfigFile, type Environment } from '@dispatch/link';

/** A file that holds a secret, and who may read it. Never what it holds. */
export interface SecretFile {
  /** How the operator knows it. */
  readonly from: string;
  readonly path: string;
  /** Permission bits. Null: it is not there, or cannot be looked at. */
  readonly mode: number | null;
}

const VARIABLES = ['ANTHROPIC_API_KEY_FILE', 'OPENAI_API_KEY_FILE'];

/** Every file with a secret that these settings name, and our own. `file`: undefined when it could not be read. */
export function secretFiles(
  dataDirectory: string,
  env: Environment,
  file: ConfigFile | undefined,
): readonly SecretFile[] {
  const named = VARIABLES.flatMap((name) => {
    const path = env[name];
    return path === undefined || path === '' ? [] : [{ from: name, path }];
  });
  const credentials = file?.credentials ?? [];
  const inFile = credentials.flatMap(({ name, apiKeyFile }) =>
    apiKeyFile === undefined ? [] : [{ from: `apiKeyFile of the credential ${name}`, path: apiKeyFile }],
  );
  const path = join(dataDirectory, CONFIG_FILE_NAME);
  // One with a mistake in it may hold a key all the same.
  const holdsKey =
    file === undefined ? namesKey(path) : credentials.some(({ apiKey }) => apiKey !== undefined);
  const own = [
    ...(holdsKey ? [{ from: CONFIG_FILE_NAME, path }] : []),
    { from: 'link.secret', path: join(dataDirectory, 'link.secret') },
  ];
  return [...named, ...inFile, ...own].map(({ from, path }) => ({ from, path, mode: modeOf(path) }));
}

function namesKey(path: string): boolean {
  try {
    return /api_?key"/i.test(readFileSync(path, 'utf8'));
  } catch {
    return false;
  }
}

function modeOf(path: string): number | null {
  try {
    return statSync(path).mode & 0o777;
  } catch {
    return null;
  }
}
