import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';

/** Environment variables by name, as `process.env` holds them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A setting that cannot be used. Its message is for the operator and holds no secret. The process exits with 78. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** One place a setting may come from. */
export interface SettingSource {
  /** How the operator knows it: `--http-port`, `DISPATCH_HTTP_PORT`, `httpPort in dispatch.config.json`. */
  readonly from: string;
  /** Undefined or an empty string: not set here. */
  readonly value: unknown;
}

/** The first source that is set, checked; the fallback when none is. A bad value is an error, never skipped. */
export function pickSetting<T>(sources: readonly SettingSource[], schema: z.ZodType<T>, fallback: T): T {
  for (const { from, value } of sources) {
    if (value === undefined || value === '') continue;
    const parsed = schema.safeParse(value);
    if (!parsed.success) throw new SettingsError(`${from}: ${describeIssues(parsed.error)}`);
    return parsed.data;
  }
  return fallback;
}

const notAPort = 'must be a port number, 0 to 65535';

/** A TCP port as the file holds it; 0 lets the system choose. */
export const portNumber: z.ZodInt = z.int(notAPort).min(0, notAPort).max(65_535, notAPort);

/** A TCP port from a flag, a variable or the file. */
export const portSetting: z.ZodType<number> = z.union(
  [
    portNumber,
    z
      .string()
      .regex(/^\d{1,5}$/)
      .transform(Number)
      .pipe(portNumber),
  ],
  // Without it the reader is told only that no member of the union fits.
  notAPort,
);

/** A secret that travels in a header. Any other character makes `fetch` throw an error that quotes the whole secret. */
export const secretText: z.ZodType<string> = z
  .string()
  .regex(/^[\x21-\x7e]+$/, 'must be visible ASCII characters on one line');

/**
 * Reads `--name value` and `--name=value`. A flag nobody knows, a flag without value and a bare word are errors, so that a
 * misspelt one never silently means the default.
 */
export function parseFlags<Name extends string>(
  argv: readonly string[],
  known: readonly Name[],
): { readonly [K in Name]?: string } {
  try {
    const options = Object.fromEntries(known.map((name) => [name, { type: 'string' as const }]));
    return parseArgs({ args: [...argv], options, allowPositionals: false }).values as {
      readonly [K in Name]?: string;
    };
  } catch (error) {
    throw new SettingsError(error instanceof Error ? error.message : 'the arguments cannot be read');
  }
}

/** A secret from `NAME` or from the file that `NAME_FILE` names. Undefined when neither is set; both at once is an error. */
export function secretSetting(env: Environment, name: string): string | undefined {
  const direct = env[name] || undefined;
  const path = env[`${name}_FILE`] || undefined;
  if (direct !== undefined && path !== undefined) {
    throw new SettingsError(`${name} and ${name}_FILE are both set; keep one`);
  }
  if (path !== undefined) return readSecretFile(path, `${name}_FILE`);
  return pickSetting<string | undefined>([{ from: name, value: direct }], secretText, undefined);
}

/** The secret in a file, without the line break at its end. `from` is how the operator knows the setting. */
export function readSecretFile(path: string, from: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new SettingsError(`${from}: ${path} cannot be read (${code})`);
  }
  const secret = text.trim();
  if (secret === '') throw new SettingsError(`${from}: ${path} is empty`);
  if (!secretText.safeParse(secret).success) {
    throw new SettingsError(`${from}: ${path} must hold visible ASCII characters on one line`);
  }
  return secret;
}

/** Whether a host to bind is this machine's loopback: `localhost`, `::1` or `127.x.x.x`. */
export function isLoopbackHost(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true;
  const parts = /^127\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(host);
  return parts?.slice(1).every((part) => Number(part) <= 255) ?? false;
}

/** What is wrong, with the place of each fault; never the value, which may be a secret. */
export function describeIssues(error: z.ZodError): string {
  return error.issues
    .map((issue) => (issue.path.length === 0 ? issue.message : `${issue.path.join('.')}: ${issue.message}`))
    .join('; ');
}
