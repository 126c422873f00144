import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { closestWord } from './closest-word.ts';
import { describeIssues, portNumber, SettingsError, secretText } from './settings.ts';

/** Name of the configuration file inside the data directory. It need not exist. */
export const CONFIG_FILE_NAME = 'dispatch.config.json';

const credential = z.strictObject({
  name: z
    .string()
    .regex(/^[a-zA-Z0-9._-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores'),
  provider: z.string().min(1).max(64),
  apiKey: secretText.optional(),
  apiKeyFile: z.string().min(1).optional(),
  baseUrl: z.url({ protocol: /^https?$/ }).optional(),
  models: z.array(z.string().min(1).max(256)).max(1000).optional(),
});

const ceiling = z.int().min(1).optional();
/** Milliseconds. The most a timer counts, almost 25 days: nobody means a longer one. */
const wait = z.int().min(1).max(2_147_483_647).optional();

const turnLimits = z.strictObject({
  steps: ceiling,
  tokens: ceiling,
  durationMs: wait,
  storedCharacters: ceiling,
  toolCalls: ceiling,
  toolCallsPerStep: ceiling,
  toolInputCharacters: ceiling,
  toolResultCharacters: ceiling,
  retries: z.int().min(0).max(10).optional(),
  retryBaseMs: wait,
  retryAfterCapMs: wait,
  firstByteMs: wait,
  idleMs: wait,
});

const modelName = z.string().min(1).max(256);

const extensionId = z.string().min(1).max(128);

const extensions = z.strictObject({
  paths: z.array(z.string().min(1)).max(100).optional(),
  switchedOff: z.array(extensionId).max(100).optional(),
  settings: z.record(extensionId, z.record(z.string(), z.json())).optional(),
});

const oidc = z.strictObject({
  issuer: z.string().min(1).optional(),
  audience: z.string().min(1).optional(),
  clientId: z.string().min(1).optional(),
  clientSecret: secretText.optional(),
  clientSecretFile: z.string().min(1).optional(),
  algorithms: z
    .array(z.enum(['ES256', 'EdDSA', 'RS256']))
    .min(1)
    .optional(),
  owner: z.string().min(1).optional(),
});

/** 0: no limit. */
const limit = z.int().min(0).max(10_000_000).optional();

const limits = z.strictObject({
  messagesPerMinute: limit,
  messageBurst: limit,
  connectionsPerUser: limit,
  connectionsPerAddress: limit,
  connectionsPerSecond: limit,
  handshakes: limit,
  connections: limit,
  requestsPerMinute: limit,
  requestsPerMinutePerAddress: limit,
  unsentBytes: limit,
});

const configFile = z.strictObject({
  host: z.string().min(1).optional(),
  httpPort: portNumber.optional(),
  wsPort: portNumber.optional(),
  auth: z.enum(['local', 'token', 'oidc']).optional(),
  allowedOrigins: z.array(z.string().min(1)).max(100).optional(),
  trustedProxies: z.array(z.string().min(1)).max(100).optional(),
  oidc: oidc.optional(),
  limits: limits.optional(),
  credentials: z.array(credential).max(100).optional(),
  defaultModel: modelName.optional(),
  fallbackModels: z.array(modelName).max(5).optional(),
  demo: z.boolean().optional(),
  turnLimits: turnLimits.optional(),
  extensions: extensions.optional(),
});

/** A credential as the operator wrote it down. */
export type CredentialEntry = z.infer<typeof credential>;

/** Ceilings of one turn as the operator wrote them down; absent ones keep the kernel's default. */
export type TurnLimitsEntry = z.infer<typeof turnLimits>;

/** Extensions as the operator wrote them down: paths to more of them, ids that are not to run, and settings by id. */
export type ExtensionsEntry = z.infer<typeof extensions>;

/** The identity provider as the operator wrote it down. */
export type OidcEntry = z.infer<typeof oidc>;

/** What clients may use up, as the operator wrote it down: absent ones keep the gateway's default, 0 takes a limit away. */
export type LimitsEntry = z.infer<typeof limits>;

/** Everything `dispatch.config.json` may hold, for both processes. Absent keys fall to the defaults. */
export type ConfigFile = z.infer<typeof configFile>;

/** The configuration file of a data directory; empty when there is none. A key nobody knows is an error. */
export function readConfigFile(dataDirectory: string): ConfigFile {
  const path = join(dataDirectory, CONFIG_FILE_NAME);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new SettingsError(`${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
  return parseConfigFile(text, path);
}

function parseConfigFile(text: string, path: string): ConfigFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may hold a key.
    throw new SettingsError(`${path} is not valid JSON`);
  }
  const parsed = configFile.safeParse(value);
  if (!parsed.success) {
    throw new SettingsError(
      `${path}: ${[describeIssues(parsed.error), ...meantKeys(parsed.error)].join('; ')}`,
    );
  }
  return parsed.data;
}

/** For each key nobody knows the one that was probably meant, as a question. */
function meantKeys(error: z.ZodError): string[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [];
    const known = Object.keys(shapeAt(issue.path[0]));
    return issue.keys.flatMap((key) => {
      const meant = closestWord(key, known);
      return meant === undefined ? [] : [`did you mean ${meant}?`];
    });
  });
}

function shapeAt(place: PropertyKey | undefined): object {
  if (place === 'credentials') return credential.shape;
  if (place === 'extensions') return extensions.shape;
  if (place === 'oidc') return oidc.shape;
  if (place === 'limits') return limits.shape;
  return place === 'turnLimits' ? turnLimits.shape : configFile.shape;
}
