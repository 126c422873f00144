import { ROUTES, type RouteName } from '@dispatch/transport-contract';
import {
  routeSchemas,
  wsClientMessageSchema,
  wsServerMessageSchema,
} from '@dispatch/transport-contract/schema';
import {
  surfaceClientMessageSchema,
  surfaceFieldSchema,
  surfaceServerMessageSchema,
  surfaceSpecSchema,
} from '@dispatch/ui-contract/schema';
import { agentEventSchema, storedChunkSchema, turnMetricsSchema } from '@dispatch/wire/schema';
import { describe, expect, it } from 'vitest';
import { base, readText } from './repository.ts';

type Fixtures = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
interface Reader {
  parse(value: unknown): unknown;
}

const fixturesOf = (name: keyof typeof base): Fixtures =>
  JSON.parse(readText(`contracts/history/${name}/${base[name]}/fixtures.json`));

const readers: Readonly<Record<keyof typeof base, Readonly<Record<string, Reader>>>> = {
  wire: {
    agentEventFixtures: agentEventSchema,
    storedChunkFixtures: storedChunkSchema,
    turnMetricsFixtures: turnMetricsSchema,
  },
  'ui-contract': {
    surfaceFieldFixtures: surfaceFieldSchema,
    surfaceClientMessageFixtures: surfaceClientMessageSchema,
    surfaceServerMessageFixtures: surfaceServerMessageSchema,
  },
  'transport-contract': {
    clientMessageFixtures: wsClientMessageSchema,
    serverMessageFixtures: wsServerMessageSchema,
  },
};

/** Which schema reads a body today, by the name of its type. */
const bodyReaders = new Map<string, Reader>(
  (Object.keys(ROUTES) as RouteName[]).flatMap((name) => {
    const { request, response } = ROUTES[name];
    const { request: reader } = routeSchemas[name];
    const answer = [response, routeSchemas[name].response] as const;
    return request === undefined || reader === undefined ? [answer] : [answer, [request, reader] as const];
  }),
);

describe('fixtures of the base pass the schemas of today unchanged', () => {
  const cases = Object.entries(readers).flatMap(([name, groups]) =>
    Object.entries(groups).map(([group, reader]) => [name as keyof typeof base, group, reader] as const),
  );
  it.each(cases)('%s %s', (name, group, reader) => {
    const fixtures = Object.entries(fixturesOf(name)[group] ?? {});
    expect(fixtures.length).toBeGreaterThan(1);
    for (const [key, fixture] of fixtures) expect([key, reader.parse(fixture)]).toEqual([key, fixture]);
  });

  it('a whole surface', () => {
    const { surfaceSpecFixture } = fixturesOf('ui-contract');
    expect(surfaceSpecSchema.parse(surfaceSpecFixture)).toEqual(surfaceSpecFixture);
  });

  it.each(Object.entries(fixturesOf('transport-contract')['httpBodyFixtures'] ?? {}))(
    'body %s',
    (name, body) => {
      expect(bodyReaders.get(name)?.parse(body)).toEqual(body);
    },
  );

  it('no group of fixtures was forgotten', () => {
    for (const [name, groups] of Object.entries(readers)) {
      const known = [...Object.keys(groups), 'surfaceSpecFixture', 'httpBodyFixtures'];
      const kept = Object.keys(fixturesOf(name as keyof typeof base));
      expect(kept.filter((group) => !known.includes(group))).toEqual([]);
    }
  });
});
