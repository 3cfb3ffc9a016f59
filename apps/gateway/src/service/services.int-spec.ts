import { readServiceDefinition } from '@app/config';
import {
  AggregateRepository,
  type RedisEventStore as Store,
  RedisEventStore,
  serviceKind,
  ServiceStorage,
} from '@app/event-store';
import type { EntryId, LogicEffect, OpenService } from '@app/domain';
import { type CreateRequest, serviceEventCodec } from '@app/wire';
import { FixedClock, ServiceLab } from '../../../../test/support/service-lab.js';
import type { QueuePlace } from './queue-places.js';
import { ServiceCatalog } from './service-catalog.js';
import { Services } from './services.js';

const CREATE: CreateRequest = {
  ...{ verbose: false, ttlS: undefined, chatEndpoint: undefined, timeZoneOffsetMin: undefined },
  ...{ deviceOs: undefined, deviceNotificationId: undefined, businessData: {} },
};
const DEFINITIONS = [
  'name: basic-chat\noptions: { _answer_timeout: 7 }',
  'name: poll-chat\nkind: advanced\nlogic: poll\naliases: [other-name]\noptions: { _agent_timeout: 9, _initial_dialog: first.html }',
  'name: day-chat\nkind: advanced\nlogic: poll\noptions: { _business_hours: { days: { mon: 08:00-18:00 } } }',
  'name: no-logic\nkind: advanced\nlogic: gone',
];
/** A Monday morning. */
const MONDAY_MS = Date.parse('2026-07-06T07:59:59Z');

describe('services', () => {
  let lab: ServiceLab;
  let store: Store;
  let storage: ServiceStorage;
  let clock: FixedClock;
  let services: Services;
  let place: QueuePlace | undefined;

  beforeEach(() => {
    clock = new FixedClock(MONDAY_MS);
    lab = new ServiceLab(process.env['TEST_REDIS_URL'], clock);
    store = new RedisEventStore(lab.connect('commands'), lab.keys, { deadlineMs: 3_000 });
    storage = new ServiceStorage(lab.connect('commands'), lab.keys, 3_000);
    const kind = serviceKind({ messagesPer10S: 100, messagesPerChat: 100 }, serviceEventCodec);
    services = new Services({
      repository: new AggregateRepository(store, kind, clock, { cacheEntries: 100, cacheBytes: 1_000_000 }),
      storage,
      catalog: new ServiceCatalog(DEFINITIONS.map((source) => readServiceDefinition('a.yaml', source))),
      logics: { current: (name) => (name === 'poll' ? { hash: '0123456789abcdef' } : undefined) },
      places: { positionOf: () => Promise.resolve(place) },
      partitions: lab.keys.partitions,
    });
    place = undefined;
  });
  afterEach(() => {
    lab.close();
  });

  const create = async (name = 'poll-chat', more: Partial<CreateRequest> = {}): Promise<string> =>
    (await services.create(name, { ...CREATE, ...more }, undefined)).id;
  const stateOf = async (id: string): Promise<OpenService> => {
    const state = await lab.state(id);
    if (state.status !== 'open') throw new Error(`the service is ${state.status}`);
    return state;
  };
  const status = (id: string, data = {}) => services.status(id, undefined, data, false);

  /** What a worker does: its logic answers to the service's first event. */
  const answer = async (id: string, effects: readonly LogicEffect[], cause: EntryId = { position: 0, n: 1 }) => {
    await lab.execute(id, { type: 'ApplyEffects', cause, effects, atMs: clock.nowMs() });
  };
  /** How often the store was asked. */
  const tripsOf = async (work: () => Promise<unknown>): Promise<number> => {
    const before = store.roundTrips;
    await work();
    return store.roundTrips - before;
  };

  it('have the times of their definition, and the version of their logic', async () => {
    expect(await stateOf(await create())).toMatchObject({
      ...{ name: 'poll-chat', kind: 'advanced', logic: '0123456789abcdef' },
      timeouts: { reservationS: 9, answerS: 20 },
    });
    const basic = await stateOf(await create('basic-chat'));
    expect(basic).toMatchObject({ kind: 'basic', timeouts: { reservationS: 60, answerS: 7 } });
    expect(basic).not.toHaveProperty('logic');
  });

  it('are one and the same under other names', async () => {
    expect(await stateOf(await create('other-name'))).toMatchObject({ name: 'poll-chat' });
  });

  it('are not there for now when their logic is not', async () => {
    await expect(create('no-logic')).rejects.toMatchObject({ code: 'SERVICE_NOT_AVAILABLE' });
  });

  it('keep a device that can be reached, and who wants to be told over CometD', async () => {
    const phone = await stateOf(await create('poll-chat', { deviceOs: 'ios', deviceNotificationId: 'd' }));
    expect(phone.device).toEqual({ os: 'ios', notificationId: 'd' });
    expect((await stateOf(await create('poll-chat', { deviceOs: 'comet' }))).device?.os).toBe('comet');
    expect(await stateOf(await create('poll-chat', { deviceOs: 'ios' }))).not.toHaveProperty('device');
  });

  it('begin as their definition has it, whatever their logic will say', async () => {
    const { service } = await status(await create());
    expect(services.shown(service)).toEqual({ status: 'waiting', dialog: 'first.html' });
  });

  it('show what their logic said last', async () => {
    const id = await create();
    await answer(id, [{ type: 'setStatus', status: 'form', dialog: 'form.html' }]);
    expect(services.shown((await status(id)).service)).toEqual({ status: 'form', dialog: 'form.html' });
  });

  it('show an error when their logic failed', async () => {
    const id = await create();
    await lab.execute(id, { type: 'FailLogic', cause: { position: 0, n: 1 }, reason: 'it threw' });
    expect(services.shown((await status(id)).service)).toEqual({ status: 'error', dialog: 'error.html' });
  });

  it('hand data that are new to their logic, and keep them', async () => {
    const id = await create('poll-chat', { businessData: { a: '1', b: '2' } });
    expect(await status(id, { a: '1', b: '3', c: '4' })).toMatchObject({ hasNews: true });
    expect((await stateOf(id)).businessData).toEqual({ a: '1', b: '3', c: '4' });
    expect(await storage.all(id)).toEqual({ a: '1', b: '3', c: '4' });
    const events = await lab.repository.events(id, { position: 0, n: 1 });
    expect(events.map(({ event }) => event)).toEqual([
      { type: 'DataReceived', data: { b: '3', c: '4' }, isOpen: true },
    ]);
  });

  it('cost one look for each status that says nothing new, on a gateway that knows them', async () => {
    const id = await create('poll-chat', { businessData: { a: '1' } });
    expect(await tripsOf(() => status(id))).toBe(1);
    expect(await tripsOf(() => status(id, { a: '1' }))).toBe(1);
    expect(await lab.repository.events(id, { position: 0, n: 1 })).toEqual([]);
  });

  it('take no more data than they may store', async () => {
    const id = await create();
    const many = Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`key${index}`, 'v']));
    await expect(status(id, many)).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    expect((await stateOf(id)).businessData).toEqual({});
  });

  it('know whether they are open when they are asked for, and when data come', async () => {
    const id = await create('day-chat');
    clock.passS(1);
    await status(id, { again: '1' });
    clock.passS(10 * 3_600);
    await status(id, { again: '2' });
    const events = (await lab.repository.events(id, { position: 0, n: 0 })).map(({ event }) => event);
    expect(events.map((event) => 'isOpen' in event && event.isOpen)).toEqual([false, true, false]);
  });

  it('of the basic kind have no status', async () => {
    await expect(status(await create('basic-chat'))).rejects.toMatchObject({ code: 'SERVICE_NOT_FOUND' });
    await expect(status('nonsense')).rejects.toMatchObject({ code: 'SERVICE_NOT_FOUND' });
  });

  it('wait for their logic no longer than it takes', async () => {
    const id = await create();
    const { service } = await status(id, { name: 'Ann' });
    const answered = services.answered(id, undefined, service);
    await answer(id, [{ type: 'setStatus', status: 'next' }]);
    await answered;
    expect(services.shown((await status(id)).service).status).toBe('next');
  });

  it('have a place in the queue while they wait, and none before and after', async () => {
    const id = await create();
    const queue = async () => services.queuePosition(id, await services.open(id, undefined));
    place = { position: 2, totalWaiting: 5, etaS: 30.5, agentsReady: 1 };
    const none = { position: 0, etaS: 0, totalWaiting: 0 };
    expect(await queue()).toEqual({ ...none, isAgentReady: false });
    await answer(id, [{ type: 'route', stages: [{ afterS: 0, skills: {} }], priority: 0 }]);
    expect(await queue()).toEqual({ position: 2, etaS: 31, totalWaiting: 5, isAgentReady: false });
    place = { ...place, agentsReady: 2 };
    expect((await queue()).isAgentReady).toBe(true);
    // The routing has not heard of it yet.
    place = undefined;
    expect(await queue()).toEqual({ ...none, isAgentReady: false });
    await lab.execute(id, { type: 'Reserve', agent: { agentId: 'kate', nickname: 'Kate' }, token: 't' });
    expect(await queue()).toEqual({ ...none, isAgentReady: true });
  });
});
