import type { IncomingMessage } from 'node:http';
import { type Refusal, refuse } from '../refusal.ts';

/** Who may reach a gateway in auth mode `local`. */
export interface AccessRules {
  /** The bound host; pages and programs may name it besides the usual loopback names. */
  readonly host: string;
  /** Origins beside the loopback ones, compared byte by byte. */
  readonly allowedOrigins: readonly string[];
}

const LOOPBACK_ORIGIN = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::(\d{1,5}))?$/;
const HOST = /^(localhost|[\d.]+|\[[\da-f:]+\])(?::(\d{1,5}))?$/i;
const HIGHEST_PORT = 65_535;
const LOOPBACK_NAMES: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Refuses what did not come from this machine itself: a name that is not loopback is a rebound DNS name, a proxy's
 * header says that somebody opened the port to others, a foreign origin is somebody else's page.
 */
export function checkAccess(incoming: IncomingMessage, rules: AccessRules): Refusal | undefined {
  if (!isLocalHost(incoming.headersDistinct['host'], rules)) {
    return refuse('forbidden-host', 'This gateway answers only to a loopback host name.');
  }
  const proxied = Object.keys(incoming.headers).find(isProxyHeader);
  if (proxied !== undefined) {
    return refuse('forbidden-host', 'This gateway takes no requests through a proxy.', `Remove ${proxied}.`);
  }
  const { origin } = incoming.headers;
  if (origin !== undefined && !isAllowedOrigin(origin, rules)) {
    return refuse(
      'forbidden-origin',
      'Pages of this origin may not use this gateway.',
      'The operator can add it to DISPATCH_ALLOWED_ORIGINS.',
    );
  }
  // Anything but a path is meant for a proxy.
  if (!incoming.url?.startsWith('/') && !(incoming.url === '*' && incoming.method === 'OPTIONS')) {
    return refuse('invalid-request', 'The request target must be a path.');
  }
  if (!isDecodable(incoming.url.split('?', 1)[0] ?? '')) {
    return refuse('invalid-request', 'The path has a percent sign that encodes nothing.');
  }
  return undefined;
}

/** Loopback origins of any port, and those of the list; the literal `null` and every near miss are not. */
export function isAllowedOrigin(origin: string, rules: AccessRules): boolean {
  const loopback = LOOPBACK_ORIGIN.exec(origin);
  if (loopback) return Number(loopback[1] ?? 0) <= HIGHEST_PORT;
  return rules.allowedOrigins.includes(origin);
}

function isLocalHost(values: readonly string[] | undefined, rules: AccessRules): boolean {
  const [value, ...more] = values ?? [];
  const [, name, port] = HOST.exec(value?.toLowerCase() ?? '') ?? [];
  if (name === undefined || more.length > 0 || Number(port ?? 0) > HIGHEST_PORT) return false;
  return LOOPBACK_NAMES.includes(name) || name === rules.host;
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

function isProxyHeader(name: string): boolean {
  return name === 'forwarded' || name === 'via' || name.startsWith('x-forwarded-');
}
