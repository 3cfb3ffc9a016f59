import { createHash, randomUUID } from 'node:crypto';
import { callScript, type KeySpace, type RedisConnection, retryUntil } from '@app/redis';

/** Something that an administrator did. */
export interface AuditEntry {
  /** By the clock of Redis, in milliseconds. */
  readonly atMs: number;
  /** `user.erase`, `dead-letters.replay`, `node.offline` … */
  readonly act: string;
  /** Who did it, as far as this machine knows. */
  readonly by: string;
  /** What it was done to: a service id, a queue, or a user in the form of `auditedUser`. */
  readonly subject: string;
  /** What came of it, in a few words without anything personal. */
  readonly outcome: string;
}

/** Entries that are kept, about. */
const KEPT = 100_000;

/** A user without his name: the log outlives what it is about. Whoever knows the name finds his entries by it. */
export const auditedUser = (user: string): string =>
  `user:${createHash('sha256').update(user).digest('hex').slice(0, 16)}`;

/** What administrators did: a stream beside all others, which nothing of the product reads. */
export class AuditLog {
  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: KeySpace,
    /** Time for all tries of one call together, in milliseconds. */
    private readonly deadlineMs: number,
  ) {}

  /** @throws StoreUnavailableError: what cannot be written down should not be done */
  async write({ act, by, subject, outcome }: Omit<AuditEntry, 'atMs'>): Promise<void> {
    const fields = ['act', act, 'by', by, 'subject', subject, 'outcome', outcome];
    const args = [this.keys.audit(), randomUUID(), KEPT, ...fields];
    await retryUntil(() => callScript(this.redis, 'audit-1', args), this.deadlineMs);
  }

  /** Newest first. @throws StoreUnavailableError */
  async list(count: number): Promise<readonly AuditEntry[]> {
    const entries = await retryUntil(
      () => this.redis.xrevrange(this.keys.audit(), '+', '-', 'COUNT', count),
      this.deadlineMs,
    );
    return entries.map(([id, fields]) => {
      const value = (name: string): string => fields[fields.indexOf(name) + 1] ?? '';
      const [atMs] = id.split('-');
      return {
        ...{ atMs: Number(atMs), act: value('act'), by: value('by') },
        ...{ subject: value('subject'), outcome: value('outcome') },
      };
    });
  }
}
