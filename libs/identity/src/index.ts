export type { AgentClaimNames } from './agent-claims.js';
export * from './agent-identities.js';
export {
  AGENT_ROLES,
  type AgentProfile,
  type AgentRole,
  includesRole,
  isAgentRole,
  STANDARD_CAPACITY,
} from './agent-profile.js';
export * from './agents-file.js';
export { type CannedResponse, type DeskLists, type Disposition, STANDARD_DESK } from './desk-lists.js';
export { IDENTITY_ERROR_CODES, IdentityError, type IdentityErrorCode } from './identity-error.js';
export * from './jwt-verifier.js';
export * from './remembered-tokens.js';
export type { RemoteKeysOptions } from './remote-keys.js';
export { tokenDigest } from './token-digest.js';
