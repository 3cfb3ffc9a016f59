import { KeySpace } from './keys.js';

const keys = new KeySpace('parley', 64);

/** What a Cluster hashes of a key. */
const tagOf = (key: string): string | undefined => /\{([^}]+)\}/.exec(key)?.[1];

describe('the keys', () => {
  it('of a service and of a user in one partition are on one hash slot', () => {
    const all: readonly string[] = [...Object.values(keys.service(7, 'id')), ...Object.values(keys.user(7, 'user'))];
    expect(new Set(all.map(tagOf))).toEqual(new Set(['p7']));
    for (const key of all) expect(key.startsWith('parley:')).toBe(true);
  });

  it('of partitions have tags of their own', () => {
    const tags = Array.from({ length: 64 }, (_, partition) => tagOf(keys.feed(partition)));
    expect(new Set(tags).size).toBe(64);
  });

  it('are all different', () => {
    const { client, streams, ...user } = keys.user(7, 'id');
    const all = [...Object.values(keys.service(7, 'id')), ...Object.values(user), keys.deadLetters(7), keys.probe()];
    expect(new Set(all).size).toBe(all.length);
  });

  it('of a partition are those that its services name', () => {
    const { feed, due } = keys.service(7, 'id');
    expect([keys.feed(7), keys.due(7)]).toEqual([feed, due]);
  });

  it('of streams begin with the prefix that users are told', () => {
    expect(keys.service(7, 'id').stream).toBe(`${keys.user(7, 'user').streams}id`);
  });

  it('of queues have a tag that no partition has, and another for each prefix', () => {
    expect(tagOf(keys.queues())).toBe('parley:queues');
    expect(new KeySpace('other', 64).queues()).not.toBe(keys.queues());
  });
});
