import type { ExtensionRoute } from '@dispatch/extension-api';

/** A check of a JSON value. Undefined: it fits; else what is wrong, in words for whoever sent it. */
export type RouteCheck = (value: unknown) => string | undefined;

/** A route with the checks of its schemas. */
export interface CheckedRoute {
  readonly route: ExtensionRoute;
  /** Absent: any query. */
  readonly checkQuery?: RouteCheck;
  /** Absent: the body is not looked at. */
  readonly checkBody?: RouteCheck;
}

/** The route that answers a request. */
export interface FoundRoute extends CheckedRoute {
  readonly extensionId: string;
  /** Values of the path's parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
}

/** Finds who answers what no built-in route takes. */
export interface ExtensionRoutes {
  /** `path` as it came, percent-encoded. Undefined: there is nothing at this path. */
  find(method: string, path: string): FoundRoute | 'method-not-allowed' | undefined;
}

/** All routes of extensions. */
export interface ExtensionRouteRegistry extends ExtensionRoutes {
  /** Whether a route answers this method at paths of this shape; the names of parameters make no difference. */
  has(method: string, path: string): boolean;
  /** Throws in words for the extension's author when the path is taken or none. */
  add(checked: CheckedRoute, extensionId: string): void;
  removeOf(extensionId: string): void;
}

interface Entry extends CheckedRoute {
  readonly extensionId: string;
  readonly segments: readonly string[];
}

const METHODS: readonly string[] = ['GET', 'POST', 'PUT'];
const PATH = /^(?:\/(?::[a-zA-Z]\w*|[a-zA-Z0-9][a-zA-Z0-9._-]*))+$/;

/** An empty registry. */
export function createExtensionRoutes(): ExtensionRouteRegistry {
  /** By method and shape, so that each shape is there once. */
  let entries = new Map<string, Entry>();

  return {
    has: (method, path) => entries.has(shapeOf(method, path)),
    add(checked, extensionId) {
      const { method, path } = checked.route;
      const name = `route ${method} ${path}`;
      if (!METHODS.includes(method) || !PATH.test(path)) throw new Error(`${name} is not one`);
      const segments = path.split('/').slice(1);
      const names = segments.filter(isParameter);
      if (new Set(names).size < names.length) throw new Error(`${name} has two parameters of one name`);
      const shape = shapeOf(method, path);
      if (entries.has(shape)) throw new Error(`${name} is already there`);
      entries.set(shape, { ...checked, extensionId, segments });
    },
    removeOf(extensionId) {
      entries = new Map([...entries].filter(([, entry]) => entry.extensionId !== extensionId));
    },
    find(method, path) {
      const parts = decoded(path);
      if (parts === undefined) return undefined;
      let isPath = false;
      let best: Entry | undefined;
      for (const entry of entries.values()) {
        if (!fits(entry.segments, parts)) continue;
        isPath = true;
        if (entry.route.method === method && isCloser(entry, best)) best = entry;
      }
      if (best === undefined) return isPath ? 'method-not-allowed' : undefined;
      const { segments, ...found } = best;
      return { ...found, params: paramsOf(segments, parts) };
    },
  };
}

function isParameter(segment: string): boolean {
  return segment.startsWith(':');
}

function shapeOf(method: string, path: string): string {
  const segments = path.split('/').map((segment) => (isParameter(segment) ? ':' : segment));
  return `${method} ${segments.join('/')}`;
}

/** Undefined: it cannot be decoded, so it names nothing. */
function decoded(path: string): readonly string[] | undefined {
  try {
    return path.split('/').slice(1).map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function fits(segments: readonly string[], parts: readonly string[]): boolean {
  if (segments.length !== parts.length) return false;
  return segments.every((segment, at) => (isParameter(segment) ? parts[at] !== '' : segment === parts[at]));
}

/** Of two paths that fit, the one that is spelled out further is meant. */
function isCloser({ segments }: Entry, best: Entry | undefined): boolean {
  if (best === undefined) return true;
  const at = segments.findIndex(
    (segment, index) => isParameter(segment) !== isParameter(best.segments[index] ?? ''),
  );
  return at !== -1 && !isParameter(segments[at] ?? '');
}

function paramsOf(segments: readonly string[], parts: readonly string[]): Record<string, string> {
  const params = segments.flatMap((segment, at) =>
    isParameter(segment) ? [[segment.slice(1), parts[at] ?? ''] as const] : [],
  );
  return Object.fromEntries(params);
}
