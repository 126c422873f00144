import type { ExtensionRoute } from '@dispatch/extension-api';
import { beforeEach, describe, expect, it } from 'vitest';
import { createExtensionRoutes, type ExtensionRouteRegistry } from './extension-routes.ts';

let routes: ExtensionRouteRegistry;
beforeEach(() => {
  routes = createExtensionRoutes();
});

function add(method: string, path: string, extensionId = 'acme'): void {
  const route = { method, path, scope: 'chat:read', handle: () => null } as ExtensionRoute;
  routes.add({ route }, extensionId);
}

function found(method: string, path: string): unknown {
  const answer = routes.find(method, path);
  return typeof answer === 'object' ? [answer.route.path, answer.params, answer.extensionId] : answer;
}

describe('routes of extensions', () => {
  it('are found by method and path, with their parameters decoded', () => {
    add('GET', '/x/acme/items/:id');
    add('PUT', '/x/acme/items/:id');
    add('GET', '/x/acme/items/:id/parts/:part', 'other');
    expect(found('GET', '/x/acme/items/a%2Fb%20%C3%A4')).toEqual([
      '/x/acme/items/:id',
      { id: 'a/b ä' },
      'acme',
    ]);
    expect(found('GET', '/x/acme/items/1/parts/2')).toEqual([
      '/x/acme/items/:id/parts/:part',
      { id: '1', part: '2' },
      'other',
    ]);
    expect(found('POST', '/x/acme/items/1')).toBe('method-not-allowed');
    for (const path of ['/x/acme', '/x/acme/items/', '/x/acme/items/1/', '/x/acme/items/%zz', '//x', '']) {
      expect(found('GET', path)).toBeUndefined();
    }
  });

  it('a path that is spelled out comes before one with parameters, in whatever order they were added', () => {
    add('GET', '/x/acme/:what/all');
    add('GET', '/x/acme/items/all');
    add('GET', '/x/acme/items/:id');
    expect(found('GET', '/x/acme/items/all')).toEqual(['/x/acme/items/all', {}, 'acme']);
    expect(found('GET', '/x/acme/items/1')).toEqual(['/x/acme/items/:id', { id: '1' }, 'acme']);
    expect(found('GET', '/x/acme/parts/all')).toEqual(['/x/acme/:what/all', { what: 'parts' }, 'acme']);
  });

  it('each shape is there once, and those of an extension go with it', () => {
    add('GET', '/x/acme/:id');
    expect(() => add('GET', '/x/acme/:name', 'other')).toThrow('already there');
    expect([routes.has('GET', '/x/acme/:any'), routes.has('PUT', '/x/acme/:any')]).toEqual([true, false]);
    add('PUT', '/x/acme/:id', 'other');
    routes.removeOf('acme');
    expect(found('GET', '/x/acme/1')).toBe('method-not-allowed');
    expect(found('PUT', '/x/acme/1')).toEqual(['/x/acme/:id', { id: '1' }, 'other']);
  });

  it.each([
    ['DELETE', '/x/acme'],
    ['GET', 'x/acme'],
    ['GET', '/x/acme/'],
    ['GET', '/x/../internal'],
    ['GET', '/x/:id/:id'],
    ['GET', '/x/a b'],
  ])('%s %s is no route', (method, path) => {
    expect(() => add(method, path)).toThrow(/route/);
  });
});
