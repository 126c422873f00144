import { ROUTES } from './route-table.ts';
import type { RouteName } from './routes.ts';

/**
 * The path of a route with its parameters filled in and encoded: `routePath('history', { id })`. Throws when one is missing.
 *
 * @since 0.10.0
 */
export function routePath(name: RouteName, params: Readonly<Record<string, string>> = {}): string {
  return ROUTES[name].path.replace(/:([a-zA-Z]+)/g, (_match, key: string) => {
    const value = Object.hasOwn(params, key) ? params[key] : undefined;
    if (value === undefined) throw new TypeError(`The route "${name}" needs the parameter "${key}".`);
    return encodeURIComponent(value);
  });
}
