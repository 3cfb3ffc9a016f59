import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTHeaderParameters, SignJWT } from 'jose';

export const AUDIENCE = 'parley-agents';

type Answer = (response: ServerResponse) => void;

interface Pair {
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

/** An identity provider on loopback: it publishes keys and signs tokens. */
export class TokenIssuer {
  /** Paths that were asked for, in order. */
  readonly asked: string[] = [];
  private readonly pairs = new Map<string, Pair>();
  private published: readonly string[] = [];
  private answer: Answer | undefined;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<TokenIssuer> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const issuer = new TokenIssuer(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      issuer.asked.push(request.url ?? '');
      (issuer.answer ?? issuer.tellKeys)(response);
    });
    return issuer;
  }

  get jwksUrl(): string {
    return `${this.url}/keys`;
  }

  /** Makes a key and publishes it. */
  async addKey(kid: string, alg = 'RS256'): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    this.pairs.set(kid, { privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } });
    this.publish(...this.published, kid);
  }

  /** Which keys are told from now on. */
  publish(...kids: readonly string[]): void {
    this.published = kids;
  }

  publicJwk(kid: string): JWK {
    return this.pair(kid).publicJwk;
  }

  /** Answers otherwise than with its keys; undefined: with them again. */
  misbehave(answer: Answer | undefined): void {
    this.answer = answer;
  }

  /** A token of this issuer; claims and header parameters that are undefined are left out. */
  async sign(
    kid: string,
    claims: Record<string, unknown> = {},
    header: Partial<JWTHeaderParameters> = {},
  ): Promise<string> {
    const nowS = Math.floor(Date.now() / 1_000);
    const standard = { iss: this.url, aud: AUDIENCE, sub: 'ada', exp: nowS + 300, iat: nowS };
    const { alg = 'RS256' } = this.pair(kid).publicJwk;
    return new SignJWT({ ...standard, ...claims })
      .setProtectedHeader({ alg, kid, ...header })
      .sign(this.pair(kid).privateKey);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private pair(kid: string): Pair {
    const pair = this.pairs.get(kid);
    if (pair === undefined) throw new Error(`there is no key ${kid}`);
    return pair;
  }

  private readonly tellKeys: Answer = (response) => {
    const keys = this.published.map((kid) => this.publicJwk(kid));
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }));
  };
}
