import { createConnection, type RedisConnection } from '@app/redis';

/** How often each command has been carried out by a Redis, those within scripts too. */
export type CommandCounts = ReadonlyMap<string, number>;

const LINE = /^cmdstat_([^:]+):calls=(\d+),/gm;

/** Counts the commands of a Redis; its own question is not among them. */
export class CommandCounter {
  private constructor(private readonly redis: RedisConnection) {}

  static async open(redisUrl: string): Promise<CommandCounter> {
    const redis = createConnection({ url: redisUrl }, 'commands');
    await redis.connect();
    return new CommandCounter(redis);
  }

  async read(): Promise<CommandCounts> {
    const text = await this.redis.info('commandstats');
    const found = [...text.matchAll(LINE)].map(([, name = '', calls]) => [name, Number(calls)] as const);
    return new Map(found.filter(([name]) => name !== 'info'));
  }

  close(): void {
    this.redis.disconnect();
  }
}

/** What was carried out between two looks. */
export const countsBetween = (before: CommandCounts, after: CommandCounts): CommandCounts =>
  new Map([...after].map(([name, calls]) => [name, calls - (before.get(name) ?? 0)]));
