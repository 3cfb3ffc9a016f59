import { SettingsError, type Settings } from '@app/config';
import { AgentIdentities, AgentsFile, JwtVerifier } from '@app/identity';
import type { Logger } from '@app/observability';

/** Who agents are, as the settings say. */
export interface AgentIdentity {
  readonly identities: AgentIdentities;
  readonly file: AgentsFile | undefined;
  readonly close: () => void;
}

const verifierOf = (settings: Settings): JwtVerifier | undefined => {
  const { agentJwtIssuer: issuer, agentJwtAudience: audience, agentJwksUrl: jwksUrl } = settings;
  if (issuer === undefined && audience === undefined && jwksUrl === undefined) return undefined;
  if (issuer === undefined || audience === undefined || jwksUrl === undefined) {
    throw new SettingsError('AGENT_JWT_ISSUER, AGENT_JWT_AUDIENCE, AGENT_JWKS_URL: expected all three, or none');
  }
  return new JwtVerifier({ issuer, audience, jwksUrl, algorithms: settings.agentJwtAlgorithms });
};

/** @throws SettingsError */
export const openAgentIdentity = (settings: Settings, logger: Logger): AgentIdentity => {
  const { agentsFile, agentIdClaim: idClaim, agentRoleClaim: roleClaim } = settings;
  const file = agentsFile === undefined ? undefined : AgentsFile.open(agentsFile, logger);
  const identities = new AgentIdentities({
    agents: file,
    verifier: verifierOf(settings),
    claims: { idClaim, roleClaim },
  });
  return { identities, file, close: () => file?.close() };
};
