import { hostname } from 'node:os';
import type { AuditLog } from '@app/event-store';
import type { Logger, Readiness } from '@app/observability';

/** As balancers and administrators of GMS know it. */
export type NodeState = 'ONLINE' | 'OFFLINE';

/** What holds requests, and lets go of them. */
interface Held {
  drain(): Promise<void>;
  resume(): void;
}

/** Takes this gateway out of the rotation of a balancer and puts it back, without ending it. */
export class NodeStatus {
  constructor(
    private readonly readiness: Pick<Readiness, 'isOffline'>,
    private readonly held: readonly Held[],
    private readonly audit: Pick<AuditLog, 'write'>,
    private readonly logger: Pick<Logger, 'info' | 'warn'>,
  ) {}

  get state(): NodeState {
    return this.readiness.isOffline ? 'OFFLINE' : 'ONLINE';
  }

  /**
   * Offline, held connects are answered at once and told to come back; what comes all the same is served.
   * @param by - the address that asked for it
   */
  change(state: NodeState, by: string): void {
    if (state === this.state) return;
    this.readiness.isOffline = state === 'OFFLINE';
    for (const each of this.held) {
      // The last client decides when it is over: nobody waits for that here.
      if (state === 'OFFLINE') void each.drain();
      else each.resume();
    }
    this.logger.info({ state, by }, 'an administrator changed the status of this gateway');
    // A gateway must be taken off just when the store is away, too.
    this.audit
      .write({ act: `node.${state.toLowerCase()}`, by, subject: hostname(), outcome: 'done' })
      .catch((error: unknown) => {
        this.logger.warn({ err: error }, 'that could not be written to the audit log');
      });
  }
}
