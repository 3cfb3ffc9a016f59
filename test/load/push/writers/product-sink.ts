import type { Agent } from '@app/domain';
import { AgentWriters } from '../../agent-writers.js';
import type { StoreAddress } from '../../measure/gateway.js';
import { openRepository, type ProductRepository } from '../../measure/product-repository.js';
import type { MessageSink } from './message-sink.js';

const AGENT: Agent = { agentId: 'bench-agent', nickname: 'Agent' };

/** Agents who write into chats with the product's repository, as its worker does. */
export class ProductSink implements MessageSink {
  private messages = 0;

  private constructor(
    private readonly product: ProductRepository,
    private readonly ids: readonly string[],
  ) {}

  /** @param ids - the service of each user */
  static async open(store: StoreAddress, ids: readonly string[]): Promise<ProductSink> {
    const product = await openRepository(store);
    await new AgentWriters(product, ids).joinAll();
    return new ProductSink(product, ids);
  }

  async write(user: number, text: string): Promise<void> {
    this.messages += 1;
    await this.product.repository.execute(this.ids[user] ?? '', {
      commands: (_, atMs) => [{ type: 'SendMessage', by: AGENT, text, atMs }],
      commandId: `push:${process.pid}:${this.messages}`,
    });
  }

  close(): void {
    this.product.close();
  }
}
