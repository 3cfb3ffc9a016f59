import { agentOfStream } from '@app/domain';
import { partitionOfService, partitionOfUser } from './service-id.js';

const AGENT_ID = /^[A-Za-z0-9._-]{1,64}$/;
/** Names of others among the participants of a chat. */
const TAKEN = new Set(['customer', 'system', 'robot']);

/** Whether a text may be the id of an agent. */
export const isAgentId = (text: string): boolean => AGENT_ID.test(text) && !TAKEN.has(text);

/** An agent among the users to whom messages are delivered. No customer can be called so: no header holds a NUL. */
export const agentUserOf = (agentId: string): string => `\0${agentId}`;

/** The partition in which a stream lives: a service's id tells it, an agent's is found like a user's. */
export const partitionOfStream = (streamId: string, partitions: number): number => {
  const agentId = agentOfStream(streamId);
  if (agentId === undefined) return partitionOfService(streamId, partitions);
  return partitionOfUser(agentUserOf(agentId), partitions);
};
