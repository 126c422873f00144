import { CLIENT_FRAMES } from '@dispatch/transport-contract';
import { expect, it } from 'vitest';
import { HANDLERS } from './handlers.ts';

it('every client frame of the contract has a handler, and every handler a frame', () => {
  expect(Object.keys(HANDLERS).sort()).toEqual(Object.keys(CLIENT_FRAMES).sort());
});
