import { setTimeout as pause } from 'node:timers/promises';
import { type MeasuredGateway, startGateway, type StoreAddress } from '../../load/measure/gateway.js';
import type { ChoiceProxy } from '../../support/choice-proxy.js';
import { anyBelow, type Random } from '../../support/seeded-random.js';

const originOf = ({ port }: MeasuredGateway): string => `http://127.0.0.1:${port}`;

export interface KillTimes {
  /** From one death to the next, in milliseconds, about. */
  readonly everyMs: number;
  /** How long a gateway stays dead at most, in milliseconds, before another is started. */
  readonly deadMs: number;
}

/** Two gateways that are killed in turn, and followed by others; one is alive at any time. */
export class MortalGateways {
  private deaths = 0;
  private isOver = false;
  private killing: Promise<void> = Promise.resolve();
  private readonly stopped = new AbortController();

  private constructor(
    private readonly gateways: MeasuredGateway[],
    private readonly store: StoreAddress,
    private readonly env: Readonly<Record<string, string>>,
    private readonly random: Random,
  ) {}

  static async start(
    store: StoreAddress,
    env: Readonly<Record<string, string>>,
    random: Random,
  ): Promise<MortalGateways> {
    const gateways = await Promise.all([startGateway(store, env), startGateway(store, env)]);
    return new MortalGateways(gateways, store, env, random);
  }

  /** How many have been killed. */
  get killed(): number {
    return this.deaths;
  }

  get origins(): readonly string[] {
    return this.gateways.map(originOf);
  }

  /** Kills from now on. The proxy learns of a new gateway when it is ready; of a dead one it finds out by itself. */
  killInTurn(proxy: ChoiceProxy, times: KillTimes): void {
    this.killing = this.kill(proxy, times);
    // Seen when the killing is waited for.
    this.killing.catch(() => undefined);
  }

  /** Lets live. @throws what a start threw */
  async spare(): Promise<void> {
    this.isOver = true;
    this.stopped.abort();
    await this.killing;
  }

  async stop(): Promise<void> {
    await this.spare().catch(() => undefined);
    await Promise.all(this.gateways.map((gateway) => gateway.stop()));
  }

  private async kill(proxy: ChoiceProxy, { everyMs, deadMs }: KillTimes): Promise<void> {
    for (let turn = 0; ; turn += 1) {
      await this.rest((0.5 + this.random()) * everyMs);
      const victim = this.gateways[turn % 2];
      if (this.isOver || victim === undefined) return;
      process.kill(victim.pid, 'SIGKILL');
      this.deaths += 1;
      await victim.stop();
      await this.rest(anyBelow(this.random, deadMs));
      const next = await startGateway(this.store, this.env);
      this.gateways[turn % 2] = next;
      proxy.removeTarget(originOf(victim));
      proxy.addTarget(originOf(next));
    }
  }

  private async rest(ms: number): Promise<void> {
    await pause(ms, undefined, { signal: this.stopped.signal }).catch(() => undefined);
  }
}
