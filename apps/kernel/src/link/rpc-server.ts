import type { Server } from 'node:http';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { mountedRoutes } from '../api/routes.ts';
import { closeServer, listenOnSocket } from './listen.ts';
import { createResponder, type ResponderParts } from './respond.ts';

export interface RpcServer {
  listen(path: string): Promise<void>;
  /** Accepts nothing more, lets requests that run end, and closes what is idle. */
  close(): Promise<void>;
}

/** rpc.sock: short questions and answers over HTTP, from gateways of the same user. */
export function createRpcServer(parts: ResponderParts): RpcServer {
  const { log, clock } = parts;
  const app = createRpcApp(parts);
  const server = createAdaptorServer({
    fetch: (request, env) => app.fetch(request, env as HttpBindings),
    overrideGlobalObjects: false,
    serverOptions: { maxHeaderSize: 16 * 1024, headersTimeout: 10_000, requestTimeout: 60_000 },
  }) as Server;
  server.on('error', (error) => log.error({ err: error }, 'rpc.sock failed'));
  return {
    listen: (path) => listenOnSocket(server, path),
    async close() {
      const closed = closeServer(server);
      server.closeIdleConnections();
      const cancel = clock.after(2_000, () => server.closeAllConnections());
      await closed;
      cancel();
    },
  };
}

/** The routes of rpc.sock. */
function createRpcApp(parts: ResponderParts): Hono<{ Bindings: HttpBindings }> {
  const { answer, refuseMethod, answerOther } = createResponder(parts);
  const app = new Hono<{ Bindings: HttpBindings }>({ strict: true });
  const routes = mountedRoutes();
  for (const route of routes) app.on(route.method, route.path, (context) => answer(context, route));
  for (const path of new Set(routes.map((route) => route.path))) {
    const allowed = routes.filter((route) => route.path === path).map((route) => route.method);
    app.all(path, (context) => refuseMethod(context, allowed));
  }
  app.notFound((context) => answerOther(context));
  return app;
}
