import type { IncomingMessage } from 'node:http';
import { SettingsError, type Settings } from '@app/config';
import { bearerToken, JwtVerifier, RememberedTokens, type TokenVerifier } from '@app/identity';
import { AccessError } from '../errors/access-error.js';
import type { TrustedPeers } from './trusted-peers.js';

/** Says which end user sends a request; undefined when it does not say so. */
export interface CustomerIdentity {
  /** @throws IdentityError, AccessError, in time or in the promise */
  readonly userOf: (
    request: Pick<IncomingMessage, 'headers' | 'socket'>,
  ) => string | undefined | Promise<string | undefined>;
}

const named = (header: string | string[] | undefined): string | undefined =>
  typeof header === 'string' && header !== '' ? header : undefined;

/** Customers are who the gateway in front says: `gms_user` counts from trusted peers. */
export class ProxyIdentity implements CustomerIdentity {
  constructor(private readonly peers: TrustedPeers) {}

  readonly userOf = ({ headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>): string | undefined => {
    const name = named(headers['gms_user']);
    return name !== undefined && this.peers.includes(socket) ? name : undefined;
  };
}

/** Customers are who their token says; `gms_user` may repeat it, and nothing else. */
export class JwtIdentity implements CustomerIdentity {
  private readonly verifier: TokenVerifier;

  constructor(verifier: TokenVerifier) {
    this.verifier = new RememberedTokens(verifier);
  }

  readonly userOf = ({
    headers,
  }: Pick<IncomingMessage, 'headers'>): string | undefined | Promise<string | undefined> => {
    // Without a token the id of a service is all that there is, as for applications that send no header.
    if (named(headers.authorization) === undefined) return undefined;
    return this.verified(headers.authorization, named(headers['gms_user']));
  };

  private async verified(authorization: string | undefined, name: string | undefined): Promise<string> {
    const { sub } = await this.verifier.verify(bearerToken(authorization));
    if (name === undefined || name === sub) return sub;
    throw new AccessError('gms_user: expected none, or the user whom the token names');
  }
}

/** @throws SettingsError */
export const customerIdentity = (settings: Settings, peers: TrustedPeers): CustomerIdentity => {
  if (settings.identity === 'trusted-proxy') return new ProxyIdentity(peers);
  const { jwtIssuer: issuer, jwtAudience: audience, jwksUrl } = settings;
  if (issuer === undefined || audience === undefined || jwksUrl === undefined) {
    throw new SettingsError('JWT_ISSUER, JWT_AUDIENCE, JWKS_URL: expected all three, as IDENTITY is jwt');
  }
  return new JwtIdentity(new JwtVerifier({ issuer, audience, jwksUrl, algorithms: settings.jwtAlgorithms }));
};
