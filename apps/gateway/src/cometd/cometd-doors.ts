import type { Settings } from '@app/config';
import { agentUserOf } from '@app/event-store';
import type { AgentIdentities } from '@app/identity';
import type { CustomerIdentity } from '../http/customer-identity.js';
import type { CometdDoor } from './cometd-endpoint.js';

/** Customers are who a trusted peer says, or their token. */
export const customerDoor = (
  { userOf }: CustomerIdentity,
  { cometJsonp }: Pick<Settings, 'cometJsonp'>,
): CometdDoor => ({
  path: '/genesys/cometd',
  connectionTypes: cometJsonp ? ['long-polling', 'callback-polling', 'websocket'] : ['long-polling', 'websocket'],
  userOf,
});

/** Agents prove at every request who they are; browsers cannot do that with a websocket. */
export const agentDoor = (identities: Pick<AgentIdentities, 'identify'>): CometdDoor => ({
  path: '/agent/v1/cometd',
  connectionTypes: ['long-polling'],
  userOf: async ({ headers }) => agentUserOf((await identities.identify(headers.authorization)).id),
});
