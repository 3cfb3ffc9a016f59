import { randomBytes } from 'node:crypto';
import { ANYBODY, type RoutingNeed, type Skills } from '@app/domain';
import { createConnection, defineScripts, KeySpace, type RedisConnection } from '@app/redis';
import fc from 'fast-check';
import { topologyOf } from '../../../test/support/test-topology.js';
import { RedisRoutingTable } from './redis-routing-table.js';
import type { AgentPlace, Match } from './routing-table.js';

const NOW = 1_800_000_000_000;

describe('the routing table', () => {
  let redis: RedisConnection;
  let table: RedisRoutingTable;
  let asOf: number;

  beforeAll(() => {
    redis = createConnection(topologyOf(process.env['TEST_REDIS_URL']), 'commands');
    defineScripts(redis);
  });

  beforeEach(() => {
    asOf = 1;
    table = new RedisRoutingTable(redis, new KeySpace(`test-${randomBytes(6).toString('hex')}`, 4), 3_000);
  });

  afterAll(() => {
    redis.disconnect();
  });

  const needs = (skills: Skills, more: Partial<RoutingNeed> = {}): RoutingNeed => ({
    ...{ stages: [{ afterS: 0, skills }], priority: 0 },
    ...more,
  });

  const wait = (
    serviceId: string,
    {
      need = ANYBODY,
      at = NOW,
      since,
      excluded = [],
    }: {
      readonly need?: RoutingNeed;
      readonly at?: number;
      readonly since?: number;
      readonly excluded?: readonly string[];
    } = {},
  ) =>
    table.placeService(
      serviceId,
      { place: 'waiting', sinceMs: since ?? at, need, excluded, agentIds: [], asOf: (asOf += 1) },
      at,
    );

  const agent = (agentId: string, place: Partial<AgentPlace> = {}, at = NOW) =>
    table.placeAgent(
      agentId,
      {
        ...{ isReady: true, nickname: agentId.toUpperCase(), skills: {}, capacity: 1, isFallback: false },
        asOf: (asOf += 1),
        ...place,
      },
      at,
    );

  const assigned = (serviceId: string, agentIds: readonly string[], at = NOW) =>
    table.placeService(serviceId, { place: 'assigned', agentIds, asOf: (asOf += 1) }, at);

  const gone = (serviceId: string, at = NOW) => table.placeService(serviceId, { place: 'gone', asOf: (asOf += 1) }, at);

  const pairs = (matches: readonly Match[]) => matches.map(({ serviceId, agentId }) => `${serviceId}-${agentId}`);

  it('gives a service to an agent who is ready, and an agent what waits', async () => {
    expect(pairs(await agent('kate'))).toEqual([]);
    const [match] = await wait('s1');
    expect(match).toMatchObject({ serviceId: 's1', agentId: 'kate', nickname: 'KATE' });
    expect(pairs(await wait('s2'))).toEqual([]);
    expect(pairs(await agent('bob'))).toEqual(['s2-bob']);
  });

  it('gives no agent more than he has room for, and frees him with the end of a chat', async () => {
    await agent('kate', { capacity: 2 });
    for (const serviceId of ['s1', 's2', 's3']) await wait(serviceId);
    await assigned('s1', ['kate']);
    expect(await table.positionOf('s3')).toMatchObject({ position: 1, totalWaiting: 1 });
    expect(pairs(await gone('s1'))).toEqual(['s3-kate']);
  });

  it('asks the least loaded first, then who has had no new chat for longest', async () => {
    await agent('kate', { capacity: 3 });
    await agent('bob', { capacity: 3 });
    const first = await wait('s1', { at: NOW + 1 });
    const second = await wait('s2', { at: NOW + 2 });
    expect([...pairs(first), ...pairs(second)].map((pair) => pair.slice(3)).sort()).toEqual(['bob', 'kate']);
    const third = await wait('s3', { at: NOW + 3 });
    expect(third[0]?.agentId).toBe(first[0]?.agentId);
  });

  it('serves the oldest first, but higher priorities before', async () => {
    await wait('young', { since: NOW - 1_000 });
    await wait('old', { since: NOW - 9_000 });
    await wait('vip', { need: needs({}, { priority: 1 }) });
    expect(pairs(await agent('kate', { capacity: 3 }))).toEqual(['vip-kate', 'old-kate', 'young-kate']);
  });

  it('asks only those who have the skills', async () => {
    await agent('kate', { skills: { sales: 2 } });
    await agent('bob', { skills: { french: 1 } });
    expect(pairs(await wait('s1', { need: needs({ sales: 3 }) }))).toEqual([]);
    expect(pairs(await wait('s2', { need: needs({ french: 1, sales: 1 }) }))).toEqual([]);
    expect(pairs(await wait('s3', { need: needs({ Sales: 1 }) }))).toEqual(['s3-kate']);
    expect(pairs(await agent('bob', { skills: { french: 1, sales: 1 } }))).toEqual(['s2-bob']);
  });

  it('asks for skills from the beginning, by a clock that is behind, too', async () => {
    await agent('kate');
    expect(pairs(await wait('s1', { need: needs({ sales: 1 }), since: NOW + 5 }))).toEqual([]);
  });

  it('relaxes a need with time, and keeps the place', async () => {
    const need: RoutingNeed = {
      ...needs({}),
      stages: [
        { afterS: 0, skills: { sales: 5 } },
        { afterS: 30, skills: { sales: 1 } },
      ],
    };
    await agent('kate', { skills: { sales: 1 } });
    expect(pairs(await wait('s1', { need }))).toEqual([]);
    expect(pairs(await table.sweep(NOW + 29_999))).toEqual([]);
    expect(pairs(await table.sweep(NOW + 30_000))).toEqual(['s1-kate']);
  });

  it('asks one agent where a service asks for one', async () => {
    await agent('kate');
    expect(pairs(await wait('s1', { need: { ...ANYBODY, agentId: 'bob' } }))).toEqual([]);
    expect(pairs(await agent('bob'))).toEqual(['s1-bob']);
  });

  it('does not ask those who refused', async () => {
    await agent('kate');
    expect(pairs(await wait('s1', { excluded: ['kate'] }))).toEqual([]);
    expect(pairs(await agent('bob'))).toEqual(['s1-bob']);
  });

  it('goes on to the next when an offer came to nothing', async () => {
    await agent('kate');
    await wait('s1');
    await assigned('s1', ['kate']);
    await agent('kate', { isReady: false });
    await agent('bob');
    expect(pairs(await wait('s1', { since: NOW - 5_000, excluded: ['kate'] }))).toEqual(['s1-bob']);
    expect(pairs(await wait('s2'))).toEqual([]);
    expect(pairs(await agent('kate'))).toEqual(['s2-kate']);
  });

  it('takes a match back that a stream did not take', async () => {
    await agent('kate');
    const [match] = await wait('s1');
    await agent('bob');
    expect(pairs(await table.refuse('s1', match?.token ?? '', NOW))).toEqual(['s1-bob']);
    expect(pairs(await table.refuse('s1', match?.token ?? '', NOW))).toEqual([]);
    expect(pairs(await wait('s2'))).toEqual(['s2-kate']);
  });

  it('tells a match again that nobody confirmed, with the same token', async () => {
    await agent('kate');
    const [match] = await wait('s1');
    expect(await table.sweep(NOW + 1_999)).toEqual([]);
    expect(await table.sweep(NOW + 2_000)).toEqual([match]);
    await assigned('s1', ['kate']);
    expect(await table.sweep(NOW + 9_000)).toEqual([]);
  });

  it('is not confused by who tells what was before', async () => {
    await agent('kate');
    await wait('s1');
    const late = { place: 'waiting', sinceMs: NOW, need: ANYBODY, excluded: [], agentIds: [], asOf } as const;
    expect(await table.placeService('s1', late, NOW)).toEqual([]);
    await assigned('s1', ['kate']);
    expect(await table.placeService('s1', late, NOW)).toEqual([]);
    await gone('s1');
    expect(await table.placeService('s1', late, NOW)).toEqual([]);
    expect(await table.positionOf('s1')).toBeUndefined();
  });

  it('keeps the last resort for when nobody else has been ready for a second', async () => {
    const robot = { isFallback: true, capacity: 100, skills: { demo: 1 } };
    await agent('robot', robot);
    expect(pairs(await wait('s1'))).toEqual(['s1-robot']);
    expect(pairs(await wait('s2', { need: needs({ sales: 1 }) }))).toEqual([]);
    await agent('kate', { capacity: 1 });
    expect(pairs(await wait('s3'))).toEqual(['s3-kate']);
    expect(pairs(await wait('s4'))).toEqual([]);
    await agent('kate', { isReady: false }, NOW + 500);
    expect(pairs(await table.sweep(NOW + 1_499))).toEqual([]);
    expect(pairs(await table.sweep(NOW + 1_500))).toEqual(['s4-robot']);
  });

  it('forgets an agent who signed out', async () => {
    await agent('kate');
    await table.placeAgent('kate', undefined, NOW);
    expect(pairs(await wait('s1'))).toEqual([]);
  });

  it('knows who has not been heard of', async () => {
    await agent('kate');
    await agent('bob');
    await table.beat(['bob'], NOW + 20_000);
    expect(await table.silentSince(NOW + 10_000, 10)).toEqual(['kate']);
    expect(await table.silentSince(NOW + 10_000, 10)).toEqual([]);
    expect(await table.silentSince(NOW + 90_000, 10)).toEqual(['bob', 'kate']);
  });

  it('tells the place in the queue, and about how long it takes', async () => {
    for (const [index, serviceId] of ['s1', 's2', 's3', 's4'].entries()) await wait(serviceId, { since: NOW + index });
    await agent('kate', { capacity: 1 });
    await assigned('s1', ['kate']);
    await gone('s1', NOW + 60_000);
    expect(await table.positionOf('s4')).toEqual({ position: 2, totalWaiting: 2, etaS: 120, agentsReady: 1 });
    expect(await table.positionOf('s1')).toBeUndefined();
  });

  describe('whatever happens', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('come' as const), service: fc.nat(7), skill: fc.nat(2), priority: fc.nat(1) }),
      fc.record({ do: fc.constantFrom('leave', 'confirm', 'refuse', 'reject'), service: fc.nat(7) }),
      fc.record({ do: fc.constantFrom('ready', 'away'), agent: fc.nat(3), capacity: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ do: fc.constant('sweep' as const) }),
    );
    const SKILLS: readonly Skills[] = [{}, { a: 1 }, { a: 1, b: 1 }];
    const AGENT_SKILLS: readonly Skills[] = [{}, { a: 1 }, { a: 2, b: 1 }, { b: 1 }];
    const has = (skills: Skills, wanted: Skills): boolean =>
      Object.entries(wanted).every(([name, level]) => (skills[name] ?? 0) >= level);

    it('no agent has too many, no service has two, and nobody waits while one who fits is free', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 200 }), async (steps) => {
          // Two workers share one table.
          const keys = new KeySpace(`test-${randomBytes(6).toString('hex')}`, 4);
          const tables = [new RedisRoutingTable(redis, keys, 3_000), new RedisRoutingTable(redis, keys, 3_000)];
          let now = NOW;
          let order = 0;
          const waiting = new Map<string, { need: RoutingNeed; since: number; excluded: string[] }>();
          const held = new Map<string, { agentId: string; token: string; isConfirmed: boolean }>();
          const ready = new Map<string, number>();
          const loadOf = (agentId: string): number => [...held.values()].filter((h) => h.agentId === agentId).length;
          const take = (matches: readonly Match[]): void => {
            for (const { serviceId, agentId, token } of matches) {
              const before = held.get(serviceId);
              if (before !== undefined) {
                expect({ agentId, token }).toEqual({ agentId: before.agentId, token: before.token });
              } else {
                const wants = waiting.get(serviceId);
                expect(wants).toBeDefined();
                expect(wants?.excluded).not.toContain(agentId);
                expect(has(AGENT_SKILLS[Number(agentId.slice(1))] ?? {}, wants?.need.stages[0]?.skills ?? {})).toBe(
                  true,
                );
                expect(loadOf(agentId)).toBeLessThan(ready.get(agentId) ?? 0);
                held.set(serviceId, { agentId, token, isConfirmed: false });
              }
            }
          };
          const put = async (t: RedisRoutingTable, serviceId: string): Promise<void> => {
            order += 1;
            const wants = waiting.get(serviceId);
            const { need = ANYBODY, since = 0, excluded = [] } = wants ?? {};
            take(
              await t.placeService(
                serviceId,
                wants === undefined
                  ? { place: 'gone', asOf: order }
                  : { place: 'waiting', sinceMs: since, need, excluded, agentIds: [], asOf: order },
                now,
              ),
            );
          };
          for (const [index, each] of steps.entries()) {
            const t = tables[index % 2] ?? table;
            now += 10;
            if (each.do === 'sweep') {
              now += 2_000;
              take(await t.sweep(now));
            } else if ('agent' in each) {
              const agentId = `a${each.agent}`;
              if (each.do === 'ready') ready.set(agentId, each.capacity);
              else ready.delete(agentId);
              order += 1;
              const place: AgentPlace = {
                ...{ isReady: each.do === 'ready', nickname: agentId, capacity: each.capacity, isFallback: false },
                skills: AGENT_SKILLS[each.agent] ?? {},
                asOf: order,
              };
              take(await t.placeAgent(agentId, place, now));
            } else {
              const serviceId = `s${each.service}`;
              const match = held.get(serviceId);
              if (each.do === 'come' && 'skill' in each) {
                if (waiting.has(serviceId)) continue;
                const need = { stages: [{ afterS: 0, skills: SKILLS[each.skill] ?? {} }], priority: each.priority };
                waiting.set(serviceId, { need, since: now, excluded: [] });
                await put(t, serviceId);
              } else if (each.do === 'leave' && waiting.delete(serviceId)) {
                held.delete(serviceId);
                await put(t, serviceId);
              } else if (each.do === 'confirm' && match !== undefined) {
                match.isConfirmed = true;
                order += 1;
                take(
                  await t.placeService(serviceId, { place: 'assigned', agentIds: [match.agentId], asOf: order }, now),
                );
              } else if (each.do === 'refuse' && match?.isConfirmed === false) {
                held.delete(serviceId);
                waiting.get(serviceId)?.excluded.push(match.agentId);
                take(await t.refuse(serviceId, match.token, now));
              } else if (each.do === 'reject' && match?.isConfirmed === true) {
                held.delete(serviceId);
                waiting.get(serviceId)?.excluded.push(match.agentId);
                await put(t, serviceId);
              }
            }
          }
          now += 3_000;
          take(await (tables[0] ?? table).sweep(now));
          for (const [serviceId, { need, excluded }] of waiting) {
            if (held.has(serviceId)) continue;
            for (const [agentId, capacity] of ready) {
              const fits = has(AGENT_SKILLS[Number(agentId.slice(1))] ?? {}, need.stages[0]?.skills ?? {});
              if (fits && !excluded.includes(agentId)) expect(loadOf(agentId)).toBeGreaterThanOrEqual(capacity);
            }
          }
        }),
        { numRuns: 60 },
      );
    }, 60_000);
  });
});
