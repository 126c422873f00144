import { expect, it } from 'vitest';
import { ROUTES, type RouteName, routePath } from './index.ts';

it('a path is filled in and encoded', () => {
  expect(routePath('health')).toBe('/health');
  expect(routePath('history', { id: 'a b?#%' })).toBe('/conversations/a%20b%3F%23%25');
  expect(routePath('closeConversation', { id: 'c1' })).toBe('/conversations/c1/close');
});

it('a missing parameter is a mistake, also one that every object has', () => {
  expect(() => routePath('history')).toThrow('needs the parameter "id"');
  expect(() => routePath('history', Object.create({ id: 'inherited' }))).toThrow('needs the parameter "id"');
});

it('no two routes share method and path, and each stands under its own name', () => {
  const rows = Object.entries(ROUTES);
  for (const [name, route] of rows) expect(route.name).toBe(name as RouteName);
  expect(new Set(rows.map(([, { method, path }]) => `${method} ${path}`)).size).toBe(rows.length);
  expect(rows.map(([, { path }]) => path)).not.toContain('/conversations/:id/cancel');
});
