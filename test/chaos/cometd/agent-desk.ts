import type { Agent } from '@app/domain';
import { MAX_N } from '@app/event-store';
import type { WireEvent } from '../../conformance/customer.js';
import type { ProductRepository } from '../../load/measure/product-repository.js';

/** The agent of one chat, who writes into the store beside all gateways. */
export class AgentDesk {
  private readonly agent: Agent;
  private commands = 0;

  constructor(
    private readonly product: ProductRepository,
    private readonly serviceId: string,
    name: string,
  ) {
    this.agent = { agentId: name, nickname: name };
  }

  join(): Promise<void> {
    return this.do('Join');
  }

  leave(): Promise<void> {
    return this.do('Leave');
  }

  async say(text: string): Promise<void> {
    const id = this.nextId();
    await this.product.repository.execute(this.serviceId, {
      commands: (_, atMs) => [{ type: 'SendMessage', by: this.agent, text, atMs }],
      commandId: id,
    });
  }

  async type(): Promise<void> {
    const id = this.nextId();
    await this.product.repository.execute(this.serviceId, {
      commands: (_, atMs) => [{ type: 'StartTyping', by: this.agent, atMs }],
      commandId: id,
    });
  }

  /** What the customer is to see of the whole chat, in order, from position 2 on. @throws Error when there is a hole */
  async transcript(): Promise<readonly WireEvent[]> {
    const entries = await this.product.store.read(this.serviceId, { position: 0, n: 0 }, { position: MAX_N, n: MAX_N });
    const lines = entries.filter(({ line }) => line !== '');
    for (const [index, { position }] of lines.entries()) {
      if (position !== index + 2) throw new Error(`${this.serviceId}: expected position ${index + 2}, got ${position}`);
    }
    return lines.map(({ line }) => JSON.parse(line) as WireEvent);
  }

  private async do(type: 'Join' | 'Leave'): Promise<void> {
    const commandId = this.nextId();
    await this.product.repository.execute(this.serviceId, { commands: () => [{ type, by: this.agent }], commandId });
  }

  private nextId(): string {
    this.commands += 1;
    return `desk:${this.serviceId}:${this.commands}`;
  }
}
