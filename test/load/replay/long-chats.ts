import { randomUUID } from 'node:crypto';
import type { Agent, ServiceCommand } from '@app/domain';
import { newBasicServiceId, partitionOfService } from '@app/event-store';
import type { ProductRepository } from '../measure/product-repository.js';

/** Events of a chat that the customer sees. */
export const EVENTS = 1_000;

/** Different transcripts; all others are copies under ids of their own. */
const ORIGINALS = 8;
/** Events in one append. */
const BATCH = 25;

const AGENT: Agent = { agentId: 'bench-agent', nickname: 'Agent' };
const TIMEOUTS = {
  ttlS: 86_400,
  flexDisconnectS: 45,
  idleAlertS: 255,
  idleCloseS: 45,
  asyncCloseS: 3_600,
  idleAlertMessage: 'Are you still there?',
};

/** How each of these chats begins. */
export const LONG_CHAT_START: readonly ServiceCommand[] = [
  { type: 'RequestService', name: 'request-chat', kind: 'basic', timeouts: TIMEOUTS, businessData: {} },
  {
    type: 'StartChat',
    sessionId: '0123456789ABCDEF',
    userId: '0123456789ABCDEF',
    secureKey: '0123456789abcdef',
    nickname: 'VasyaP',
    attachedData: {},
  },
  { type: 'Join', by: AGENT },
];

/** Customer and agent in turn; with these texts 1,000 events are about 70 kB of JSON. */
const messageAt = (index: number, atMs: number): ServiceCommand => ({
  type: 'SendMessage',
  by: index % 2 === 0 ? 'customer' : AGENT,
  text: index % 2 === 0 ? `could you tell me where order ${index} is?` : `it is on its way, number ${index}`,
  atMs,
});

/** Chats of 1,000 events in the store of the product, and the same lines in streams of the bare server. */
export class LongChats {
  private originals: readonly string[] = [];

  /** @param barePrefix - what the keys of the bare server begin with */
  constructor(
    private readonly product: ProductRepository,
    private readonly barePrefix: string,
  ) {}

  /** Writes the originals, event by event through the repository. */
  async write(): Promise<void> {
    this.originals = await Promise.all(Array.from({ length: ORIGINALS }, () => this.writeOne()));
  }

  /** Ids of chats that no gateway has seen yet. The same ids name streams of the bare server. */
  async fresh(count: number): Promise<readonly string[]> {
    const ids = Array.from({ length: count }, (_, index) =>
      newBasicServiceId(index % this.product.keys.partitions, this.product.keys.partitions),
    );
    await Promise.all(ids.map((id, index) => this.copy(this.originals[index % this.originals.length] ?? '', id)));
    return ids;
  }

  private async writeOne(): Promise<string> {
    const { repository, store, keys, redis } = this.product;
    const id = newBasicServiceId(0, keys.partitions);
    for (const command of LONG_CHAT_START) {
      await repository.execute(id, { commands: () => [command], commandId: randomUUID() });
    }
    for (let index = 1; index < EVENTS; index += BATCH) {
      const batch = Array.from({ length: Math.min(BATCH, EVENTS - index) }, (_, offset) => index + offset);
      await repository.execute(id, {
        commands: (_, atMs) => batch.map((at) => messageAt(at, atMs)),
        commandId: randomUUID(),
      });
    }
    const entries = await store.read(id, { position: 1, n: 0 }, { position: EVENTS + 1, n: 0 });
    const lines = entries.flatMap(({ line }) => (line === '' ? [] : [line]));
    if (lines.length !== EVENTS) throw new Error(`expected ${EVENTS} lines, got ${lines.length}`);
    for (const [index, line] of lines.entries()) await redis.xadd(this.bareKey(id), `${index + 2}-0`, 'e', line);
    return id;
  }

  private async copy(from: string, to: string): Promise<void> {
    const { keys, redis } = this.product;
    const source = keys.service(partitionOfService(from, keys.partitions), from);
    const target = keys.service(partitionOfService(to, keys.partitions), to);
    await Promise.all([
      redis.copy(source.stream, target.stream),
      redis.copy(source.meta, target.meta),
      redis.copy(this.bareKey(from), this.bareKey(to)),
    ]);
  }

  private bareKey(id: string): string {
    return `${this.barePrefix}:${id}`;
  }
}
