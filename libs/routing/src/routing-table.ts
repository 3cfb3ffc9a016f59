import type { RoutingNeed, Skills } from '@app/domain';

/** An agent for a service that waited. It holds when the service's stream takes it; else it is refused. */
export interface Match {
  readonly serviceId: string;
  readonly agentId: string;
  readonly nickname: string;
  readonly token: string;
}

/** Where a service is, from its stream. `asOf` orders what several workers tell of it. */
export type ServicePlace = { readonly asOf: number } & (
  | {
      readonly place: 'waiting';
      readonly sinceMs: number;
      readonly need: RoutingNeed;
      /** Agents who are not asked. */
      readonly excluded: readonly string[];
      /** Agents who are in its chat already. */
      readonly agentIds: readonly string[];
    }
  | { readonly place: 'assigned'; readonly agentIds: readonly string[] }
  | { readonly place: 'gone' }
);

export interface AgentPlace {
  readonly asOf: number;
  readonly isReady: boolean;
  readonly nickname: string;
  readonly skills: Skills;
  /** Chats at once, those included that he is only held for. */
  readonly capacity: number;
  /** Of the last resort. */
  readonly isFallback: boolean;
}

export interface QueuePlace {
  /** 1 is next. */
  readonly position: number;
  readonly totalWaiting: number;
  /** Seconds, from how long services have waited for one another to leave; 0 while nothing is known. */
  readonly etaS: number;
  /** Agents who fit and are ready, with room or without. */
  readonly agentsReady: number;
}

/** Those who wait for the same thing. */
export interface Queue {
  /** Skills with their least levels, `french>=1,sales>=2`; '' = anybody, `@id` = one agent. */
  readonly requirement: string;
  readonly waiting: number;
  /** Of the one that has waited longest; undefined while nobody waits. */
  readonly sinceMs: number | undefined;
  readonly agentsReady: number;
}

/** An agent who has signed in. */
export interface SeatedAgent {
  readonly agentId: string;
  readonly nickname: string;
  readonly isReady: boolean;
  /** Chats that he is in or held for. */
  readonly load: number;
  readonly capacity: number;
}

/** The whole table at a glance. */
export interface RoutingSurvey {
  readonly queues: readonly Queue[];
  readonly agents: readonly SeatedAgent[];
  /** Services that wait, are offered or have an agent, up to the count asked for; those that wait longest first. */
  readonly serviceIds: readonly string[];
}

/**
 * Who waits and who is free. Derived from the streams of services and agents, and told of them by workers, in any order
 * and as often as they like. Oldest first within a priority, the least loaded agent first, each match once.
 * @throws StoreUnavailableError by every verb, when the store does not answer in time
 */
export interface RoutingTable {
  placeService(serviceId: string, place: ServicePlace, nowMs: number): Promise<readonly Match[]>;
  /** Undefined when he has signed out. */
  placeAgent(agentId: string, place: AgentPlace | undefined, nowMs: number): Promise<readonly Match[]>;
  /** The stream of the service did not take a match. */
  refuse(serviceId: string, token: string, nowMs: number): Promise<readonly Match[]>;
  /** Once a second: what time alone brings about, and matches that nobody confirmed. */
  sweep(nowMs: number): Promise<readonly Match[]>;
  /** Agents who have just been heard of. */
  beat(agentIds: readonly string[], nowMs: number): Promise<void>;
  /** Agents of whom nothing has been heard since then; they are told of again a minute later. */
  silentSince(beforeMs: number, count: number): Promise<readonly string[]>;
  /** Undefined for a service that does not wait. */
  positionOf(serviceId: string): Promise<QueuePlace | undefined>;
  /** For those who watch over it. @param count - services at most */
  survey(count: number): Promise<RoutingSurvey>;
}
