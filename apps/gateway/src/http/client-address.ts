import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { SettingsError } from '@dispatch/link';
import proxyAddr from 'proxy-addr';

/** Tells the network address a request is from; empty when its connection is gone already. */
export type ClientAddress = (incoming: IncomingMessage) => string;

/** Whether whoever is at this address speaks for others. */
export type Trust = (address: string) => boolean;

/** Trusts these proxies: addresses, or ranges like `10.0.0.0/8`. Throws `SettingsError` when an entry is neither. */
export function readTrust(trustedProxies: readonly string[]): Trust {
  for (const entry of trustedProxies) checkEntry(entry);
  const isTrusted = proxyAddr.compile([...trustedProxies]);
  return (address) => isTrusted(address, 0);
}

/**
 * The address at the other end of the connection. Where that is a trusted proxy's it is the last address in `X-Forwarded-For` that is not:
 * everything before it was written by whoever asks.
 */
export function clientAddress(isTrusted: Trust): ClientAddress {
  return (incoming) => {
    const peer = peerOf(incoming);
    if (!isTrusted(peer)) return peer;
    const named = proxyAddr(incoming, isTrusted);
    // A proxy may write what is no address, "unknown" say.
    return isIP(named) === 0 ? peer : named;
  };
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
