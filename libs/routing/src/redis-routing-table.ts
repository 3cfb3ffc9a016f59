import { randomBytes } from 'node:crypto';
import { requirementsOf, skillName, skillsText } from '@app/domain';
import {
  callScript,
  type KeySpace,
  type RedisConnection,
  retryUntil,
  type ScriptArgument,
  type ScriptName,
} from '@app/redis';
import type { AgentPlace, Match, QueuePlace, RoutingSurvey, RoutingTable, ServicePlace } from './routing-table.js';

/** A match that was not confirmed by then was lost with its worker, in milliseconds. */
const CONFIRM_MS = 2_000;
/** Silent agents are told of again after about so long, in milliseconds. */
const AGAIN_MS = 60_000;
/** One step of priority is worth more than any time of waiting, in milliseconds. */
const PRIORITY_MS = 1e13;

const matchesIn = (reply: unknown): readonly Match[] => {
  const words = reply as readonly string[];
  const matches: Match[] = [];
  for (let at = 0; at + 3 < words.length; at += 4) {
    const [serviceId = '', agentId = '', nickname = '', token = ''] = words.slice(at, at + 4);
    matches.push({ serviceId, agentId, nickname, token });
  }
  return matches;
};

/** The routing table in Redis: one script call on one hash slot for each verb, and one for all matches that it brings. */
export class RedisRoutingTable implements RoutingTable {
  private readonly prefix: string;

  constructor(
    private readonly redis: RedisConnection,
    keys: KeySpace,
    private readonly deadlineMs: number,
  ) {
    this.prefix = keys.routing();
  }

  async placeService(serviceId: string, place: ServicePlace, nowMs: number): Promise<readonly Match[]> {
    const agentIds = place.place === 'gone' ? [] : place.agentIds;
    const args: ScriptArgument[] = [serviceId, place.asOf, place.place, agentIds.join(','), nowMs, newToken()];
    if (place.place === 'waiting') {
      const { sinceMs, need, excluded } = place;
      const stages = requirementsOf(need).map(({ afterMs, requirement }) => `${afterMs}|${requirement}`);
      args.push(sinceMs, sinceMs - need.priority * PRIORITY_MS, stages.join(';'), excluded.join(','));
    }
    return matchesIn(await this.call('route-service-1', args));
  }

  async placeAgent(agentId: string, place: AgentPlace | undefined, nowMs: number): Promise<readonly Match[]> {
    const args: ScriptArgument[] = [agentId, place?.asOf ?? Number.MAX_SAFE_INTEGER, nowMs, newToken()];
    if (place === undefined) args.push('');
    else {
      const skills = Object.fromEntries(Object.entries(place.skills).map(([name, level]) => [skillName(name), level]));
      args.push(
        place.isReady ? '1' : '0',
        place.nickname,
        skillsText(skills),
        place.capacity,
        place.isFallback ? '1' : '0',
      );
    }
    return matchesIn(await this.call('route-agent-1', args));
  }

  async refuse(serviceId: string, token: string, nowMs: number): Promise<readonly Match[]> {
    return matchesIn(await this.call('refuse-match-1', [serviceId, token, nowMs, newToken()]));
  }

  async sweep(nowMs: number): Promise<readonly Match[]> {
    return matchesIn(await this.call('sweep-routing-1', [nowMs, newToken(), CONFIRM_MS]));
  }

  async beat(agentIds: readonly string[], nowMs: number): Promise<void> {
    const heard = agentIds.flatMap((agentId) => [nowMs, agentId]);
    await retryUntil(() => this.redis.zadd(`${this.prefix}beats`, ...heard), this.deadlineMs);
  }

  async silentSince(beforeMs: number, count: number): Promise<readonly string[]> {
    const key = `${this.prefix}beats`;
    const silent = await retryUntil(
      () => this.redis.zrange(key, '-inf', beforeMs, 'BYSCORE', 'LIMIT', 0, count),
      this.deadlineMs,
    );
    // Should nobody do anything about them, they are told of again.
    const later = silent.flatMap((agentId) => [beforeMs + AGAIN_MS, agentId]);
    if (silent.length > 0) await retryUntil(() => this.redis.zadd(key, 'XX', ...later), this.deadlineMs);
    return silent;
  }

  async positionOf(serviceId: string): Promise<QueuePlace | undefined> {
    const [position, totalWaiting = 0, paceMs = 0, agentsReady = 0] = (await this.call('place-in-queue-1', [
      serviceId,
    ])) as readonly number[];
    if (position === undefined) return undefined;
    return { position, totalWaiting, etaS: Math.ceil((position * paceMs) / 1_000), agentsReady };
  }

  async survey(count: number): Promise<RoutingSurvey> {
    const [queues, agents, serviceIds] = (await this.call('survey-routing-1', [count])) as [
      readonly [string, number, string, number][],
      readonly [string, string, string, number, string][],
      readonly string[],
    ];
    return {
      queues: queues.map(([requirement, waiting, since, agentsReady]) => ({
        ...{ requirement, waiting, agentsReady },
        sinceMs: since === '' ? undefined : Number(since),
      })),
      agents: agents.map(([agentId, nickname, ready, load, capacity]) => ({
        ...{ agentId, nickname, isReady: ready === '1', load, capacity: Number(capacity) },
      })),
      serviceIds,
    };
  }

  private call(name: ScriptName, args: readonly ScriptArgument[]): Promise<unknown> {
    return retryUntil(() => callScript(this.redis, name, [this.prefix, ...args]), this.deadlineMs);
  }
}

const newToken = (): string => `${randomBytes(9).toString('base64url')}.`;
