import type { IncomingMessage } from 'node:http';
import type { AuthMode } from '../auth/auth-config.ts';
import { type Refusal, refuse } from '../refusal.ts';

/** Whose requests are looked at at all, before anybody asks who they are from. */
export interface AccessRules {
  /** `local` stands for everything a request has to show, so only there it must come from this machine itself. */
  readonly mode: AuthMode;
  /** The bound host; pages and programs may name it besides the usual loopback names. */
  readonly host: string;
  /** Origins, in auth mode `local` beside the loopback ones, compared byte by byte. */
  readonly allowedOrigins: readonly string[];
}

const LOOPBACK_ORIGIN = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::(\d{1,5}))?$/;
const HOST = /^(localhost|[\d.]+|\[[\da-f:]+\])(?::(\d{1,5}))?$/i;
const HIGHEST_PORT = 65_535;
const LOOPBACK_NAMES: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** Refuses foreign origins, which are somebody else's page, and targets that are none. */
export function checkAccess(incoming: IncomingMessage, rules: AccessRules): Refusal | undefined {
  const elsewhere = rules.mode === 'local' ? checkLocal(incoming, rules) : undefined;
  if (elsewhere) return elsewhere;
  if (incoming.headers.origin !== undefined && !isTrustedPage(incoming, rules)) {
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

/**
 * In auth mode `local` refuses what did not come from this machine itself: a name that is not loopback is a rebound DNS name, a
 * proxy's header says that somebody opened the port to others.
 */
function checkLocal(incoming: IncomingMessage, rules: AccessRules): Refusal | undefined {
  if (!isLocalHost(incoming.headersDistinct['host'], rules)) {
    return refuse('forbidden-host', 'This gateway answers only to a loopback host name.');
  }
  const proxied = Object.keys(incoming.headers).find(isProxyHeader);
  if (proxied === undefined) return undefined;
  return refuse('forbidden-host', 'This gateway takes no requests through a proxy.', `Remove ${proxied}.`);
}

/** A page that may act for who is signed in: one of an allowed origin, or served under the very host that is asked. */
export function isTrustedPage({ headers, headersDistinct }: IncomingMessage, rules: AccessRules): boolean {
  const { origin } = headers;
  if (origin === undefined) return false;
  const hosts = headersDistinct['host'];
  const own = rules.mode !== 'local' && hosts?.length === 1 && isOriginOf(origin, hosts[0] ?? '');
  return own || isAllowedOrigin(origin, rules);
}

/** The scheme is the page's: behind a proxy that ends TLS nobody here knows it. */
function isOriginOf(origin: string, host: string): boolean {
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  if (url === undefined || url.origin !== origin || !/^https?:$/.test(url.protocol)) return false;
  const named = `${url.protocol}//${host}`;
  return /^[\w.:[\]-]+$/.test(host) && URL.canParse(named) && new URL(named).host === url.host;
}

/** Those of the list, and in auth mode `local` loopback ones of any port; the literal `null` and every near miss are not. */
export function isAllowedOrigin(origin: string, rules: AccessRules): boolean {
  const loopback = rules.mode === 'local' ? LOOPBACK_ORIGIN.exec(origin) : undefined;
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
