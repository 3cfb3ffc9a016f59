import { type AgentClaimNames, agentOfClaims } from './agent-claims.js';
import type { AgentProfile } from './agent-profile.js';
import type { KnownAgents } from './agents-file.js';
import { IdentityError, invalidToken } from './identity-error.js';
import type { TokenVerifier } from './jwt-verifier.js';
import { RememberedTokens, type RememberedTokensOptions } from './remembered-tokens.js';
import { tokenDigest } from './token-digest.js';

export interface AgentIdentitiesOptions {
  /** Those with tokens of their own; undefined for none. */
  readonly agents?: KnownAgents | undefined;
  /** Verifies JWTs; undefined where none are taken. */
  readonly verifier?: TokenVerifier | undefined;
  readonly claims?: AgentClaimNames;
  readonly remember?: RememberedTokensOptions;
}

/** Longer than any JWT that is taken, with the scheme before it. */
const HEADER_MAX = 8_300;
/** @see RFC 6750, 2.1; RFC 9110, 11.1: the scheme has no case */
const BEARER = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i;

/** The token of an Authorization header. @throws IdentityError */
export const bearerToken = (header: string | undefined): string => {
  const required = (got: string): IdentityError =>
    new IdentityError('TOKEN_REQUIRED', `Authorization: expected Bearer and a token, got ${got}`);
  if (header === undefined || header.trim() === '') throw required('nothing');
  if (!/^Bearer( |$)/i.test(header)) throw required('another scheme');
  if (header.length > HEADER_MAX) throw invalidToken(`at most ${HEADER_MAX} bytes`);
  const [, token] = BEARER.exec(header.trimEnd()) ?? [];
  if (token === undefined) throw invalidToken('one token after Bearer, without spaces or quotes');
  return token;
};

/** Says which agent sends a request: by a token of the agents file, or by a JWT of the identity provider. */
export class AgentIdentities {
  private readonly agents: KnownAgents | undefined;
  private readonly verifier: TokenVerifier | undefined;
  private readonly claims: AgentClaimNames;

  constructor({ agents, verifier, claims = {}, remember }: AgentIdentitiesOptions) {
    this.agents = agents;
    this.verifier = verifier === undefined ? undefined : new RememberedTokens(verifier, remember);
    this.claims = claims;
  }

  /** @throws IdentityError saying what was expected, never the token */
  async identify(authorizationHeader: string | undefined): Promise<AgentProfile> {
    const token = bearerToken(authorizationHeader);
    const agent = this.agents?.withTokenDigest(tokenDigest(token));
    if (agent !== undefined) return agent;
    if (this.verifier === undefined) throw invalidToken('a token of the agents file');
    if (this.agents !== undefined && !token.includes('.')) throw invalidToken('a token of the agents file, or a JWT');
    // Claims are read anew each time: the agents file may say something else by now.
    return agentOfClaims(await this.verifier.verify(token), this.claims, (id) => this.agents?.withId(id));
  }
}
