import type { Agent } from '@app/domain';
import type { ProductRepository } from './measure/product-repository.js';

const AGENT: Agent = { agentId: 'bench-agent', nickname: 'Agent' };
/** Appends in flight at once. */
const AT_ONCE = 8;

/** Agents who answer in all chats, through the repository, as the worker's robot does. */
export class AgentWriters {
  private writes = 0;
  private active = 0;
  private owed = 0;
  private failure: unknown;
  private idle: (() => void) | undefined;

  constructor(
    private readonly product: ProductRepository,
    private readonly ids: readonly string[],
  ) {}

  /** Messages written so far. */
  get written(): number {
    return this.writes;
  }

  async joinAll(): Promise<void> {
    const left = [...this.ids];
    const joinMany = async (): Promise<void> => {
      for (let id = left.pop(); id !== undefined; id = left.pop()) {
        await this.product.repository.execute(id, {
          commands: () => [{ type: 'Join', by: AGENT }],
          commandId: `join:${id}`,
        });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, joinMany));
  }

  /** Sees to it that so many messages have been written in all, each to a chat at random. */
  writeUpTo(total: number): void {
    this.owed = total;
    while (this.active < AT_ONCE && this.writes + this.active < this.owed) {
      this.active += 1;
      void this.writeOne();
    }
  }

  /** Resolves when nothing is being written. @throws what a write threw */
  async settle(): Promise<void> {
    if (this.active > 0) await new Promise<void>((resolve) => (this.idle = resolve));
    if (this.failure instanceof Error) throw this.failure;
  }

  private async writeOne(): Promise<void> {
    const id = this.ids[Math.floor(Math.random() * this.ids.length)] ?? '';
    const text = 'let me look that up for you';
    try {
      await this.product.repository.execute(id, {
        commands: (_, atMs) => [{ type: 'SendMessage', by: AGENT, text, atMs }],
        commandId: `answer:${this.writes}:${this.active}:${performance.now()}`,
      });
      this.writes += 1;
    } catch (error) {
      this.failure = error;
    }
    this.active -= 1;
    if (this.failure === undefined) this.writeUpTo(this.owed);
    if (this.active === 0) this.idle?.();
  }
}
