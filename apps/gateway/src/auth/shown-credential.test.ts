import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { type Occasion, shownCredential } from './shown-credential.ts';

function show(
  headers: Record<string, string>,
  url = '/models',
  method = 'GET',
  occasion: Occasion = 'request',
) {
  return shownCredential({ headers, url, method } as unknown as IncomingMessage, occasion);
}

describe('shownCredential', () => {
  it('reads a bearer token, whatever the case of the scheme', () => {
    expect(show({ authorization: 'Bearer dsp_a' })).toEqual({ via: 'bearer', secret: 'dsp_a' });
    expect(show({ authorization: 'bearer   dsp_a' })).toEqual({ via: 'bearer', secret: 'dsp_a' });
  });

  it.each([
    '',
    'Basic eDp5',
    'Bearer',
    'Bearer a b',
    'Bearer "a"',
    'Bearer a, Bearer b',
    `Bearer ${'a'.repeat(8193)}`,
  ])('S-06: %j is no credential, and no cookie stands in for it', (authorization) => {
    expect(show({ authorization, cookie: 'dispatch_session=good' })).toBeUndefined();
  });

  it('reads the cookie among others, and none when there are two', () => {
    expect(show({ cookie: 'a=b; dispatch_session=ses.x; c=d' })).toEqual({ via: 'cookie', secret: 'ses.x' });
    expect(show({ cookie: 'dispatch_session=x; dispatch_session=y' })).toBeUndefined();
    expect(show({ cookie: 'xdispatch_session=x' })).toBeUndefined();
    expect(show({})).toBeUndefined();
  });

  it('S-08: takes a ticket for an upgrade and for closing, nowhere else', () => {
    const ticket = { via: 'ticket', secret: 'tkt_1' };
    expect(show({}, '/ws?ticket=tkt_1', 'GET', 'upgrade')).toEqual(ticket);
    expect(show({}, '/conversations/c/close?ticket=tkt_1', 'POST')).toEqual(ticket);
    expect(show({}, '/conversations/c/stop?ticket=tkt_1', 'POST')).toBeUndefined();
    expect(show({}, '/conversations?ticket=tkt_1')).toBeUndefined();
    expect(show({}, '/conversations/c/close?ticket=tkt_1', 'GET')).toBeUndefined();
    expect(show({}, '/ws?ticket=tkt_1&ticket=tkt_2', 'GET', 'upgrade')).toBeUndefined();
  });
});
