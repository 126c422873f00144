import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';

interface Pair {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

/** An identity provider on this machine, whose keys, answers and manners a test decides. */
export class FakeIssuer {
  readonly #server: Server;
  /** Paths it was asked for, in order. */
  readonly requests: string[] = [];
  /** Bodies of code exchanges, with their authorization. */
  readonly exchanges: { readonly form: URLSearchParams; readonly authorization: string | undefined }[] = [];
  /** The published keys. */
  keys: Pair[] = [];
  /** What the token endpoint answers a good code. */
  idToken = '';
  /** How it behaves: `down` cuts every connection, `silent` never answers, `elsewhere` redirects, `huge` never ends. */
  manner: 'good' | 'down' | 'silent' | 'elsewhere' | 'huge' = 'good';
  /** Fields of the discovery document that differ. */
  discovery: Readonly<Record<string, string>> = {};

  constructor() {
    this.#server = createServer((incoming, outgoing) => void this.#answer(incoming, outgoing));
  }

  static async start(): Promise<FakeIssuer> {
    const issuer = new FakeIssuer();
    await new Promise<void>((resolve) => issuer.#server.listen(0, '127.0.0.1', resolve));
    await issuer.addKey('key-1');
    return issuer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get keyRequests(): number {
    return this.requests.filter((path) => path === '/keys').length;
  }

  async addKey(kid: string): Promise<Pair> {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const pair = { kid, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256' } };
    this.keys = [...this.keys, pair];
    return pair;
  }

  /** A token with everything a good one has, but for what the test changes. Undefined takes a claim away. */
  async token(
    claims: JWTPayload = {},
    header: Record<string, unknown> = {},
    signer = this.keys.at(-1),
  ): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const payload = { iss: this.url, aud: 'dispatch', sub: 'ann', iat: now, exp: now + 600, ...claims };
    if (signer === undefined) throw new Error('it has no key');
    return new SignJWT(JSON.parse(JSON.stringify(payload)))
      .setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid: signer.kid, ...header })
      .sign(signer.privateKey);
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    this.requests.push(incoming.url ?? '');
    if (this.manner === 'down') return void incoming.socket.destroy();
    if (this.manner === 'silent') return;
    if (this.manner === 'elsewhere') {
      return void outgoing.writeHead(302, { location: `${this.url}/keys?again` }).end();
    }
    if (this.manner === 'huge') return this.#flood(outgoing);
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = this.#body(incoming, new URLSearchParams(Buffer.concat(chunks).toString('utf8')));
    outgoing.writeHead(body === undefined ? 400 : 200, { 'content-type': 'application/json' });
    outgoing.end(JSON.stringify(body ?? { error: 'invalid_grant' }));
  }

  #body({ url, headers }: IncomingMessage, form: URLSearchParams): object | undefined {
    if (url === '/.well-known/openid-configuration') {
      const own = { issuer: this.url, jwks_uri: `${this.url}/keys`, token_endpoint: `${this.url}/token` };
      return { ...own, ...this.discovery };
    }
    if (url === '/keys') return { keys: this.keys.map(({ publicJwk }) => publicJwk) };
    this.exchanges.push({ form, authorization: headers.authorization });
    return form.get('code') === 'good-code' ? { id_token: this.idToken } : undefined;
  }

  #flood(outgoing: ServerResponse): void {
    const more = (): void => {
      while (!outgoing.destroyed && outgoing.write(' '.repeat(64 * 1024)));
    };
    outgoing.on('drain', more).writeHead(200, { 'content-type': 'application/json' });
    more();
  }
}
