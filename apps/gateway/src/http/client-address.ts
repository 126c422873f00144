import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { SettingsError } from '@dispatch/link';
import proxyAddr from 'proxy-addr';

/** Tells the network address a request is from; empty when its connection is gone already. */
export type ClientAddress = (incoming: IncomingMessage) => string;

/**
 * The address at the other end of the connection. Where that is one of `trustedProxies` (addresses, or ranges like `10.0.0.0/8`) it is
 * the last address in `X-Forwarded-For` that is not: everything before it was written by whoever asks. Throws `SettingsError`
 * when an entry is neither.
 */
export function readClientAddress(trustedProxies: readonly string[]): ClientAddress {
  for (const entry of trustedProxies) checkEntry(entry);
  if (trustedProxies.length === 0) return peerOf;
  const isTrusted = proxyAddr.compile([...trustedProxies]);
  return (incoming) => {
    const peer = peerOf(incoming);
    if (peer === '') return peer;
    const named = proxyAddr(incoming, isTrusted);
    // A proxy may write what is no address, "unknown" say.
    return isIP(named) === 0 ? peer : named;
  };
}

/** Whether whoever is at this address speaks for others. */
export function readTrust(trustedProxies: readonly string[]): (address: string) => boolean {
  if (trustedProxies.length === 0) return () => false;
  const isTrusted = proxyAddr.compile([...trustedProxies]);
  return (address) => isTrusted(address, 0);
}

function peerOf({ socket }: IncomingMessage): string {
  return socket.remoteAddress ?? '';
}

function checkEntry(entry: string): void {
  try {
    proxyAddr.compile(entry);
  } catch {
    throw new SettingsError(
      `DISPATCH_TRUSTED_PROXIES: "${entry}" is neither an address nor a range; write it like 127.0.0.1 or 10.0.0.0/8`,
    );
  }
}
