import type { IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../__fixtures__/test-gateway.ts';
import { openTestSocket, refusedUpgrade } from '../__fixtures__/test-socket.ts';
import { readLimits } from '../limits/limits.ts';
import { clientAddress, readTrust } from './client-address.ts';

function from(remoteAddress: string | undefined, forwarded?: string): IncomingMessage {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return { headers, socket: { remoteAddress } } as unknown as IncomingMessage;
}

describe('clientAddress', () => {
  it('S-22: takes nobody at their word when no proxy is trusted', () => {
    expect(clientAddress(readTrust([]))(from('203.0.113.9', '198.51.100.1'))).toBe('203.0.113.9');
  });

  it('S-22: takes a trusted proxy at its word, and nobody else', () => {
    const addressOf = clientAddress(readTrust(['127.0.0.1', '10.0.0.0/8', 'fd00::/8']));
    expect(addressOf(from('127.0.0.1', '198.51.100.1'))).toBe('198.51.100.1');
    expect(addressOf(from('::ffff:127.0.0.1', '2001:db8::1'))).toBe('2001:db8::1');
    expect(addressOf(from('fd00::2', '198.51.100.1, 10.1.2.3'))).toBe('198.51.100.1');
    expect(addressOf(from('203.0.113.9', '198.51.100.1'))).toBe('203.0.113.9');
    expect(addressOf(from('127.0.0.1'))).toBe('127.0.0.1');
  });

  it.each(['unknown', '198.51.100.1:4711', '', ',', '127.0.0.1, unknown', 'a'.repeat(5_000)])(
    'counts %j, which is no address, as the proxy itself',
    (forwarded) => {
      const address = clientAddress(readTrust(['127.0.0.1']))(from('127.0.0.1', forwarded));
      expect(address).toBe('127.0.0.1');
    },
  );

  it('knows no address of a connection that is gone', () => {
    expect(clientAddress(readTrust(['127.0.0.1']))(from(undefined, '198.51.100.1'))).toBe('');
  });

  it('S-22: whatever somebody writes before, the last address that is no proxy counts', () => {
    const addressOf = clientAddress(readTrust(['127.0.0.1', '10.0.0.0/8']));
    const lie = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.string().filter((text) => !text.includes(',')),
    );
    const proxies = fc.array(fc.constantFrom('10.0.0.1', '10.9.9.9', '127.0.0.1'), { maxLength: 3 });
    const property = fc.property(fc.array(lie, { maxLength: 5 }), proxies, (lies, hops) => {
      const forwarded = [...lies, '203.0.113.9', ...hops].join(', ');
      expect(addressOf(from('127.0.0.1', forwarded))).toBe('203.0.113.9');
    });
    fc.assert(property, { numRuns: 500 });
  });

  it.each(['', 'nginx', '10.0.0.0/33', '0.0.0.0/0', '10.0.0'])('refuses %j as a proxy', (entry) => {
    expect(() => readTrust([entry])).toThrow('DISPATCH_TRUSTED_PROXIES');
  });
});

describe('a gateway behind a proxy', () => {
  let test: TestGateway;
  afterEach(() => test.stop());

  const through = (address: string) => ({
    authorization: 'Bearer dsp_ann',
    'x-forwarded-for': `192.0.2.66, ${address}`,
  });

  async function start(trustedProxies: readonly string[]): Promise<void> {
    const limits = {
      ...readLimits(undefined, 'token'),
      connectionsPerAddress: 1,
      requestsPerMinutePerAddress: 2,
    };
    test = await startTestGateway({ config: { auth: { mode: 'token' }, trustedProxies, limits } });
    test.kernel.identity.allow('dsp_ann');
  }

  it('S-22: counts each address behind it for itself', async () => {
    await start(['127.0.0.1']);
    await openTestSocket(test.wsUrl, through('198.51.100.1'));
    await openTestSocket(test.wsUrl, through('198.51.100.2'));
    expect(await refusedUpgrade(test.wsUrl, through('198.51.100.1'))).toMatchObject({ status: 429 });
    const statuses: number[] = [];
    for (const address of ['198.51.100.1', '198.51.100.1', '198.51.100.1', '198.51.100.2']) {
      const response = await fetch(`${test.httpUrl}/models`, { headers: through(address) });
      statuses.push(response.status);
    }
    expect(statuses).toEqual([200, 200, 429, 200]);
  });

  it('S-10: tells the kernel who it was that showed something', async () => {
    await start(['127.0.0.1']);
    await fetch(`${test.httpUrl}/models`, { headers: through('198.51.100.7') });
    expect(test.kernel.identity.addresses).toEqual(['198.51.100.7']);
  });

  it('S-22: one that is not trusted changes nothing', async () => {
    await start(['192.0.2.1']);
    await openTestSocket(test.wsUrl, through('198.51.100.1'));
    expect(await refusedUpgrade(test.wsUrl, through('198.51.100.2'))).toMatchObject({ status: 429 });
  });
});
