import { connect, createServer } from 'node:net';
import type { VersionResponse } from '@dispatch/transport-contract';
import type { Clock } from '../clock.ts';
import { fieldsOf, NoAnswerError, rawRequest } from '../raw-http.ts';

/** What is at one port. */
export type PortFacts =
  | { readonly state: 'free' }
  /** Port 0: each start gets another. */
  | { readonly state: 'any' }
  /** Nobody listens, and we could not: `code` is the system's. */
  | { readonly state: 'refused-to-us'; readonly code: string }
  | { readonly state: 'dispatch' }
  /** Somebody else; `says` is what it answered, if anything. */
  | { readonly state: 'foreign'; readonly says: string };

/** What was found where the gateway of these settings listens. */
export interface InstanceFacts {
  readonly host: string;
  readonly httpPort: number;
  readonly wsPort: number;
  readonly http: PortFacts;
  readonly ws: PortFacts;
  /** Null: no gateway answers there. */
  readonly versions: VersionResponse | null;
  /** Null: no gateway answers there. `says`: why it is not ready. */
  readonly ready: { readonly ok: true } | { readonly ok: false; readonly says: string } | null;
}

export interface Place {
  readonly host: string;
  readonly httpPort: number;
  readonly wsPort: number;
}

const ANSWER_MS = 5_000;

/** @param mayListen whether a free port may be tried out by opening it for a moment; not while something starts */
export async function instanceFacts(place: Place, mayListen: boolean, clock: Clock): Promise<InstanceFacts> {
  const { host, httpPort, wsPort } = place;
  const address = (port: number): string => `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const tryPort = async (port: number, isOurs: () => Promise<string | undefined>): Promise<PortFacts> => {
    if (port === 0) return { state: 'any' };
    if (await isOpen(host, port, clock)) {
      const says = await isOurs();
      return says === undefined ? { state: 'dispatch' } : { state: 'foreign', says };
    }
    const code = mayListen ? await listenFault(host, port) : undefined;
    return code === undefined ? { state: 'free' } : { state: 'refused-to-us', code };
  };

  let versions: VersionResponse | null = null;
  const http = await tryPort(httpPort, async () => {
    const answer = await ask(`${address(httpPort)}/version`, clock);
    const { json } = answer;
    if (typeof json?.['gateway'] !== 'string' || typeof json['contracts'] !== 'object') return answer.says;
    versions = json as unknown as VersionResponse;
    return undefined;
  });
  const ws = await tryPort(wsPort, async () => {
    const answer = await ask(address(wsPort), clock);
    return answer.status === 426 && answer.json?.['code'] === 'upgrade-required' ? undefined : answer.says;
  });
  return { host, httpPort, wsPort, http, ws, versions, ready: versions === null ? null : await readiness() };

  async function readiness(): Promise<InstanceFacts['ready']> {
    const { status, json, says } = await ask(`${address(httpPort)}/readyz`, clock);
    if (status === 200) return { ok: true };
    return { ok: false, says: typeof json?.['error'] === 'string' ? json['error'] : says };
  }
}

interface Answer {
  /** 0: none came. */
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>> | undefined;
  /** What came, in a few words. */
  readonly says: string;
}

async function ask(url: string, clock: Clock): Promise<Answer> {
  try {
    const { status, headers, json } = await rawRequest(url, { withinMs: ANSWER_MS }, clock);
    const server = headers.get('server');
    const says = `status ${status}${server === null ? '' : ` from ${server.slice(0, 60)}`}`;
    return { status, json: fieldsOf(json), says };
  } catch (error) {
    const isSilent = error instanceof NoAnswerError && error.kind === 'silent';
    const says = isSilent ? `nothing within ${ANSWER_MS / 1_000} s` : 'something that is not HTTP';
    return { status: 0, json: undefined, says };
  }
}

function isOpen(host: string, port: number, clock: Clock): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const settle = (open: boolean): void => {
      cancel();
      socket.destroy();
      resolve(open);
    };
    const cancel = clock.after(ANSWER_MS, () => settle(false));
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}

/** The system's code when the port cannot be opened; undefined when it can. */
function listenFault(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}
