import { agentStreamOf, type ServiceCommand } from '@app/domain';
import {
  agentKind,
  AggregateRepository,
  newBasicServiceId,
  partitionOfUser,
  RedisEventStore,
  ServiceStorage,
  streamIds,
  UserHistory,
  userKeyOf,
} from '@app/event-store';
import { agentEventCodec } from '@app/wire';
import { FixedClock, ServiceLab } from '../../../test/support/service-lab.js';
import type { AgentRepository } from './service-store.js';
import { UserData } from './user-data.js';

const TIMEOUTS = { ttlS: 60, flexDisconnectS: 9, idleAlertS: 9, idleCloseS: 9, asyncCloseS: 9, idleAlertMessage: '?' };
const KATE = { agentId: 'kate', nickname: 'Kate' };

describe('UserData', () => {
  let lab: ServiceLab;
  let agents: AgentRepository;
  let data: UserData;

  beforeEach(() => {
    lab = new ServiceLab(process.env['TEST_REDIS_URL'], new FixedClock());
    const store = new RedisEventStore(lab.redis, lab.keys, { deadlineMs: 3_000 });
    agents = new AggregateRepository(store, agentKind(agentEventCodec), lab.clock, { cacheEntries: 9, cacheBytes: 9 });
    const { redis, keys } = lab;
    data = new UserData({ redis, keys, services: lab.newRepository(), agents, deadlineMs: 3_000, releaseMs: 300 });
  });

  afterEach(() => {
    lab.close();
  });

  const chatOf = async (user: string, ...more: readonly ServiceCommand[]): Promise<string> => {
    const { partitions } = lab.keys;
    const id = newBasicServiceId(partitionOfUser(user, partitions), partitions);
    const request = { type: 'RequestService', name: 'request-chat', kind: 'basic', timeouts: TIMEOUTS, user } as const;
    await lab.execute(id, { ...request, businessData: { color: 'blue' } });
    const secrets = { sessionId: 'S', userId: 'U', secureKey: 'K' };
    await lab.execute(id, { type: 'StartChat', ...secrets, nickname: user, attachedData: {}, notifyBy: 'comet' });
    await lab.say(id, `I am ${user}`);
    for (const command of more) await lab.execute(id, command);
    return id;
  };
  const allIds = async (): Promise<string[]> => {
    const ids: string[] = [];
    for await (const id of streamIds(lab.redis, lab.keys)) ids.push(id);
    return ids.sort();
  };
  const keysLeft = async (): Promise<string[]> => {
    const [, keys] = await lab.redis.scan(0, 'MATCH', `${lab.keys.prefix}:*`, 'COUNT', 10_000);
    return keys;
  };

  it('exports what a user said and stored, over all his services, and nothing of others', async () => {
    const [one, two] = [await chatOf('ann'), await chatOf('ann', { type: 'DeleteService' })];
    await chatOf('bob');
    const storage = new ServiceStorage(lab.redis, lab.keys, 3_000);
    await storage.put(one, [['file', Buffer.from([0xff, 0xfe])]]);
    const exported = await data.export('ann');
    expect(exported.map(({ serviceId }) => serviceId).sort()).toEqual([one, two].sort());
    const first = exported.find(({ serviceId }) => serviceId === one);
    expect(first).toMatchObject({ name: 'request-chat', status: 'open' });
    expect(first?.storage).toEqual({ color: 'blue', file: { base64: '//4=' } });
    expect(JSON.stringify(exported)).toContain('I am ann');
    expect(JSON.stringify(exported)).not.toContain('bob');
    expect(await data.export('nobody')).toEqual([]);
  });

  it('leaves nothing of a user, and everything of others', async () => {
    await chatOf('ann');
    await chatOf('ann', { type: 'DeleteService' });
    const other = await chatOf('bob');
    const history = new UserHistory(lab.redis, lab.keys, 3_000);
    for (const user of ['ann', 'bob']) await history.note(user, { serviceId: other, startedAtMs: 1 });
    const erasure = await data.erase('ann');
    expect(erasure.erased).toHaveLength(2);
    expect(erasure.left).toEqual([]);
    expect(await allIds()).toEqual([other]);
    expect(await history.list('ann', 10)).toEqual([]);
    expect(await history.list('bob', 10)).toHaveLength(1);
    const names = (await keysLeft()).join('\n');
    expect(names).not.toContain(userKeyOf('ann'));
    for (const id of erasure.erased) expect(names).not.toContain(id);
    expect(await data.erase('ann')).toEqual({ erased: [], left: [] });
  });

  it('ends what goes on, and waits for the agent to be let go', async () => {
    const id = await chatOf('ann', { type: 'Join', by: KATE });
    const presence = { skills: {}, capacity: 3 };
    const kate = agentStreamOf(KATE.agentId);
    await agents.execute(kate, {
      commandId: '~in',
      commands: () => [{ type: 'SignIn', nickname: KATE.nickname, ...presence }],
    });
    await agents.execute(kate, {
      commandId: '~has',
      commands: () => [{ type: 'NoteService', serviceId: id, asOf: 1, part: 'in-chat' }],
    });
    expect(await data.erase('ann')).toEqual({ erased: [], left: [id] });
    expect((await lab.newRepository().view(id))?.state.status).toBe('deleted');
    await agents.execute(kate, {
      commandId: '~not',
      commands: () => [{ type: 'NoteService', serviceId: id, asOf: 2, part: 'none' }],
    });
    expect(await data.erase('ann')).toEqual({ erased: [id], left: [] });
  });
});
