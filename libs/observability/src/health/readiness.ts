export interface ReadinessReport {
  readonly isReady: boolean;
  /** What keeps the process from being ready. */
  readonly reason?: string;
}

/** How long a probe of the store may take, in milliseconds. */
const PROBE_TIMEOUT_MS = 2_000;

/** Whether work should come here: started, the store reachable and writable, not draining. */
export class Readiness {
  private phase: 'starting' | 'open' | 'draining' = 'starting';
  /** Taken off by an administrator, who may put it back. */
  isOffline = false;

  /** @param probe - writes to the store; rejects when that cannot be done */
  constructor(private readonly probe: () => Promise<unknown>) {}

  /** It has begun to work. */
  open(): void {
    if (this.phase === 'starting') this.phase = 'open';
  }

  /** It takes on nothing more. */
  drain(): void {
    this.phase = 'draining';
  }

  async report(): Promise<ReadinessReport> {
    if (this.phase === 'draining') return { isReady: false, reason: 'draining' };
    if (this.phase === 'starting') return { isReady: false, reason: 'Redis has not been reached yet' };
    if (this.isOffline) return { isReady: false, reason: 'offline' };
    let timer: NodeJS.Timeout | undefined;
    try {
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(reject, PROBE_TIMEOUT_MS, new Error('Redis did not answer in time'));
      });
      await Promise.race([this.probe(), late]);
      return { isReady: true };
    } catch {
      return { isReady: false, reason: 'Redis is not reachable or not writable' };
    } finally {
      clearTimeout(timer);
    }
  }
}
