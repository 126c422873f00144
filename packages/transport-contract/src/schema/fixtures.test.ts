import { AGENT_EVENT_TYPES } from '@dispatch/wire';
import { describe, expect, it } from 'vitest';
import { clientMessageFixtures, httpBodyFixtures, serverMessageFixtures } from '../fixtures/index.ts';
import { CLIENT_FRAMES, ERRORS, ROUTES, type RouteName, SERVER_FRAMES } from '../index.ts';
import {
  agentEventSchema,
  clientFrameSchemas,
  contractVersionsSchema,
  errorCodeSchema,
  errorResponseSchema,
  routeSchemas,
  serverFrameSchemas,
  wsClientMessageSchema,
  wsServerMessageSchema,
} from './index.ts';

const keys = (record: object) => Object.keys(record).sort();
const bodies: Readonly<Record<string, unknown>> = { ...httpBodyFixtures };

describe('every fixture passes its schema unchanged', () => {
  it.each(Object.entries(clientMessageFixtures))('client frame %s', (type, frame) => {
    expect(wsClientMessageSchema.parse(frame)).toEqual(frame);
    expect(frame.type).toBe(type);
  });
  it.each(Object.entries(serverMessageFixtures))('server frame %s', (type, frame) => {
    expect(wsServerMessageSchema.parse(frame)).toEqual(frame);
    expect(frame.type).toBe(type);
  });
  it.each(Object.keys(ROUTES).filter((name) => name !== 'chat') as RouteName[])(
    'bodies of route %s',
    (name) => {
      const { request, response } = ROUTES[name];
      expect(routeSchemas[name].response.parse(bodies[response])).toEqual(bodies[response]);
      if (request !== undefined) {
        expect(routeSchemas[name].request?.parse(bodies[request])).toEqual(bodies[request]);
      }
    },
  );
  it('the body and the lines of POST /chat', () => {
    expect(routeSchemas.chat.request?.parse(bodies['ChatRequest'])).toEqual(bodies['ChatRequest']);
    expect(routeSchemas.chat.response).toBe(agentEventSchema);
  });
  it('the error body', () => {
    expect(errorResponseSchema.parse(bodies['ErrorResponse'])).toEqual(bodies['ErrorResponse']);
  });
});

describe('tables, schemas and fixtures cover the same names', () => {
  it('client frames', () => {
    expect(keys(clientFrameSchemas)).toEqual(keys(CLIENT_FRAMES));
    expect(keys(clientMessageFixtures)).toEqual(keys(CLIENT_FRAMES));
  });
  it('server frames', () => {
    expect(keys(serverFrameSchemas)).toEqual(keys(SERVER_FRAMES));
    expect(keys(serverMessageFixtures)).toEqual(keys(SERVER_FRAMES));
  });
  it('routes: a query or body in the table has a schema, and the other way round', () => {
    for (const route of Object.values(ROUTES)) {
      expect([route.name, routeSchemas[route.name].query !== undefined]).toEqual([
        route.name,
        route.query !== undefined,
      ]);
      expect([route.name, routeSchemas[route.name].request !== undefined]).toEqual([
        route.name,
        route.request !== undefined,
      ]);
    }
  });
  it('http bodies', () => {
    const named = Object.values(ROUTES).flatMap(({ request, response }) => [request ?? response, response]);
    const expected = new Set([...named, 'ErrorResponse']);
    expected.delete('AgentEvent');
    expect(keys(httpBodyFixtures)).toEqual([...expected].sort());
  });
  it('error codes', () => {
    for (const [code, definition] of Object.entries(ERRORS)) {
      expect(errorCodeSchema.parse(code)).toBe(definition.code);
    }
    expect(errorCodeSchema.safeParse('no-such-code').success).toBe(false);
  });
  it('events and versions', () => {
    expect(AGENT_EVENT_TYPES.length).toBe(14);
    expect(contractVersionsSchema.safeParse({ wire: '0.7.0' }).success).toBe(false);
  });
});
