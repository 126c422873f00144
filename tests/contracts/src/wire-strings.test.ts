import { PROVIDER_FAILURE_CODES } from '@dispatch/extension-api';
import { CAPABILITIES, CLIENT_FRAMES, ERRORS, ROUTES, SERVER_FRAMES } from '@dispatch/transport-contract';
import { AGENT_EVENT_TYPES, CHUNK_TYPES, DONE_REASONS, ROLES } from '@dispatch/wire';
import { expect, it } from 'vitest';
import { contracts, filesBelow, readText } from './repository.ts';

const KEBAB = /^[a-z]+(-[a-z]+)*$/;
const FRAME = /^([a-z]+\.)?[a-z]+(-[a-z]+)*$/;
/** What one end asks of the other: always a verb, so that nobody mistakes an operation for something that happened. */
const VERBS = ['hello', 'ping', 'subscribe', 'unsubscribe', 'invoke', 'send', 'update', 'start', 'stop'];
/** Names that were in use before there was a grammar. */
const NAMED_BEFORE = ['presence.status'];

it('codes, reasons, capabilities, events, chunks and roles are kebab-case', () => {
  const all = [
    ...AGENT_EVENT_TYPES,
    ...CHUNK_TYPES,
    ...DONE_REASONS,
    ...ROLES,
    ...CAPABILITIES,
    ...Object.keys(ERRORS),
  ];
  expect(all.filter((word) => !KEBAB.test(word))).toEqual([]);
  expect(all.length).toBeGreaterThan(60);
});

it('frames are a word, or an area and a word; what a client sends is a verb', () => {
  const client = Object.keys(CLIENT_FRAMES);
  const all = [...client, ...Object.keys(SERVER_FRAMES)];
  expect(all.filter((type) => !FRAME.test(type))).toEqual([]);
  const odd = client.filter((type) => !VERBS.includes(type.split('.').at(-1) ?? ''));
  expect(odd).toEqual(NAMED_BEFORE);
});

it('every literal in the contracts follows the grammar', () => {
  const literals = contracts.flatMap((name) =>
    filesBelow(`packages/${name}/src`)
      .filter((file) => !/\/(schema|fixtures)\/|\.test/.test(file))
      .flatMap((file) =>
        [
          ...readText(file).matchAll(
            /(?:readonly (?:type|kind|state|status|scope|reason|stream|kernel)\??: |export type \w+ =\s*\|? ?)('[^;]*);/g,
          ),
        ].flatMap(([, union = '']) => [...union.matchAll(/'([^']+)'/g)].map(([, word = '']) => word)),
      ),
  );
  const odd = literals.filter((word) => !FRAME.test(word) && !/^(public|[a-z]+:(read|write))$/.test(word));
  // Names of routes are names in a program, not words on the wire.
  expect(odd.filter((word) => !Object.hasOwn(ROUTES, word))).toEqual([]);
  expect(literals.length).toBeGreaterThan(60);
});

it('whatever a provider fails with is in the catalogue of errors', () => {
  expect(PROVIDER_FAILURE_CODES.filter((code) => !Object.hasOwn(ERRORS, code))).toEqual([]);
});

it('each error stands under its own code, with a status of an HTTP error or none', () => {
  for (const [code, definition] of Object.entries(ERRORS)) {
    expect(definition.code).toBe(code);
    expect(definition.status === null || (definition.status >= 400 && definition.status < 600)).toBe(true);
  }
});
