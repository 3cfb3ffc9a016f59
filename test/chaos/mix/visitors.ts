import { setTimeout as pause } from 'node:timers/promises';
import { waitFor } from '../../support/http.js';
import { MixCustomer } from './mix-customer.js';
import type { World } from './world.js';

/** Between two looks whether an agent has come, in milliseconds. */
const LOOK_EVERY_MS = 50;
const RESTS_MS = 1_000;
/** How long an agent may take to come, whatever fault goes on, in milliseconds. */
const AGENT_LIMIT_MS = 90_000;

/** Customers who come for a moment, one after the other: each needs an agent, and so workers. */
export class Visitors {
  readonly all: MixCustomer[] = [];
  private readonly agents: ReadonlySet<string>;

  constructor(
    private readonly world: World,
    private readonly name: string,
  ) {
    this.agents = new Set(world.agents.map(({ nickname }) => nickname));
  }

  async live(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // One who is not served is a failure; others come all the same.
      await this.visit().catch((error: unknown) => {
        this.world.failures.add(String(error));
      });
      await pause(RESTS_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** One visit. @returns when an agent was there, by the monotonic clock, in milliseconds */
  async visit(): Promise<number> {
    const customer = new MixCustomer(this.world, `${this.name}-${this.all.length + 1}`);
    this.all.push(customer);
    const waitsAtHome = this.all.length % 2 === 0;
    await customer.createService(waitsAtHome ? 'advanced-chat-poll' : 'request-chat');
    if (waitsAtHome) await this.startWhenAvailable(customer);
    else await customer.startChat();
    await waitFor(
      `an agent for ${customer.name}`,
      async () => (await customer.look())?.some((nickname) => this.agents.has(nickname)) ?? false,
      AGENT_LIMIT_MS,
      LOOK_EVERY_MS,
    );
    const servedMs = performance.now();
    await customer.say();
    await customer.pen.finish();
    await customer.end();
    return servedMs;
  }

  /** An advanced service: the customer starts his chat when an agent is held for him. */
  private async startWhenAvailable(customer: MixCustomer): Promise<void> {
    await waitFor(
      `an agent held for ${customer.name}`,
      // The agent may be lost again before the chat begins.
      async () => (await customer.status()) === 'available' && (await customer.startChat()),
      AGENT_LIMIT_MS,
      LOOK_EVERY_MS,
    );
  }
}
