import { randomBytes } from 'node:crypto';
import { createConnection, defineScripts, KeySpace, type RedisConnection } from '@app/redis';
import { type Match, RedisRoutingTable } from '@app/routing';

/** Skills that chats ask for, one each. */
const SKILLS = ['sales', 'support', 'billing', 'french', 'german', 'orders', 'returns', 'press', 'legal', 'vip'];
const START_MS = 1_800_000_000_000;
/** Calls side by side while a queue is filled. */
const LANES = 64;

/**
 * A routing table in which every agent is busy and the rest waits. Each turn ends one chat, whose agent gets the next
 * customer, and one more customer comes: the queue stays as long as it is.
 */
export class CallCentre {
  private readonly table: RedisRoutingTable;
  /** Chats that an agent has, the oldest first. */
  private readonly live: Match[] = [];
  private nowMs = START_MS;
  private services = 0;
  private order = 0;
  matches = 0;

  private constructor(
    private readonly redis: RedisConnection,
    prefix: string,
  ) {
    this.table = new RedisRoutingTable(redis, new KeySpace(prefix, 64), 10_000);
  }

  static async open(redisUrl: string, waiting: number, agents: number): Promise<CallCentre> {
    const redis = createConnection({ url: redisUrl }, 'commands');
    defineScripts(redis);
    await redis.connect();
    const centre = new CallCentre(redis, `bench-${randomBytes(4).toString('hex')}`);
    await centre.lanes(agents, (index) => centre.addAgent(index));
    await centre.lanes(waiting + agents, () => centre.come());
    return centre;
  }

  /** One chat ends and is followed by another; the match is confirmed, as a worker does once the stream has taken it. */
  async turn(): Promise<void> {
    const over = this.live.shift();
    if (over === undefined) throw new Error('no agent has a chat');
    this.nowMs += 1;
    this.order += 1;
    const matches = await this.table.placeService(over.serviceId, { place: 'gone', asOf: this.order }, this.nowMs);
    await this.confirm(matches);
    await this.come();
  }

  close(): void {
    this.redis.disconnect();
  }

  private async addAgent(index: number): Promise<void> {
    this.order += 1;
    const [first = '', second = ''] = [SKILLS[index % SKILLS.length], SKILLS[(index * 7 + 3) % SKILLS.length]];
    const skills = { [first]: 2, [second]: 1 };
    const place = { isReady: true, nickname: 'Agent', skills, capacity: 1, isFallback: false, asOf: this.order };
    await this.confirm(await this.table.placeAgent(`agent-${index}`, place, this.nowMs));
  }

  private async come(): Promise<void> {
    this.services += 1;
    this.order += 1;
    this.nowMs += 1;
    const skill = SKILLS[this.services % SKILLS.length] ?? '';
    const need = { stages: [{ afterS: 0, skills: { [skill]: 1 } }], priority: 0 };
    const place = {
      place: 'waiting',
      need,
      sinceMs: this.nowMs,
      excluded: [],
      agentIds: [],
      asOf: this.order,
    } as const;
    await this.confirm(await this.table.placeService(`service-${this.services}`, place, this.nowMs));
  }

  private async confirm(matches: readonly Match[]): Promise<void> {
    for (const match of matches) {
      this.matches += 1;
      this.order += 1;
      const place = { place: 'assigned', agentIds: [match.agentId], asOf: this.order } as const;
      await this.table.placeService(match.serviceId, place, this.nowMs);
      this.live.push(match);
    }
  }

  private async lanes(count: number, call: (index: number) => Promise<void>): Promise<void> {
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < count) {
        next += 1;
        await call(next);
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
  }
}
