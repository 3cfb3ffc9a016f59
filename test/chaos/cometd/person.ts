import { setTimeout as pause } from 'node:timers/promises';
import type { ProductRepository } from '../../load/measure/product-repository.js';
import type { ChoiceProxy } from '../../support/choice-proxy.js';
import { waitFor } from '../../support/http.js';
import { anyBelow, type Random, seededRandom } from '../../support/seeded-random.js';
import { AgentDesk } from './agent-desk.js';
import type { ChaosOptions } from './chaos-options.js';
import { ChatApplication } from './chat-application.js';
import { ChatCustomer } from './chat-customer.js';
import { type Major, officialClient, type Transport } from './official-client.js';
import type { StoredChat, Written } from './transcript-check.js';

/** What befalls a customer besides dying gateways and lost replies. */
export const FATES = ['plain', 'frozen', 'shakes hands again', 'background', 'background to the end'] as const;
export type PersonFate = (typeof FATES)[number];

/** What all persons of a round share. */
export interface World {
  readonly seed: number;
  readonly chaos: ChaosOptions;
  readonly proxy: ChoiceProxy;
  readonly product: ProductRepository;
}

export interface PersonOptions {
  readonly name: string;
  readonly major: Major;
  readonly transport: Transport;
  readonly fate: PersonFate;
  /** Events of his chat, about. */
  readonly events: number;
}

/** At most so many events come without a pause. */
const BURST_MAX = 8;
/** How far back a background application asks to be told again, in positions, at most. */
const BACK_MAX = 5;

/** One customer with his application and his agent, from the first request to the end of the chat. */
export class Person {
  readonly written: Written[] = [];
  private readonly random: Random;
  private readonly customer: ChatCustomer;
  private agent: AgentDesk | undefined;
  private count = 0;

  private constructor(
    readonly options: PersonOptions,
    readonly application: ChatApplication,
    private readonly world: World,
  ) {
    const { seed, proxy } = world;
    this.random = seededRandom(seed, `life of ${options.name}`);
    this.customer = new ChatCustomer(proxy.urlOf(options.name), options.name);
  }

  static async make(options: PersonOptions, world: World): Promise<Person> {
    const { major, transport, name } = options;
    const client = await officialClient({
      ...{ major, transport, acknowledges: true, url: `${world.proxy.urlOf(name)}/genesys/cometd` },
      backoffIncrementMs: world.chaos.backoffIncrementMs,
    });
    return new Person(options, new ChatApplication(client), world);
  }

  /** Lives through the whole chat. @throws when the end was not told in time, or a request never answered */
  async live(): Promise<void> {
    await this.customer.createService();
    await this.application.start();
    await this.customer.startChat();
    await this.desk().join();
    await Promise.all([this.suffer(), this.talk()]);
    if (this.options.fate === 'background to the end') {
      // Half of them have seen everything then.
      const hasSeenAll = this.random() < 0.5;
      if (hasSeenAll) await this.showsAll();
      await this.goAway(hasSeenAll ? 0 : BACK_MAX);
      await this.end();
      await this.application.start();
    } else await this.end();
    await this.shows('the end', () => this.application.hasEnded);
  }

  /** The chat as it stands in the store; undefined when it never began. */
  async stored(): Promise<StoredChat | undefined> {
    const { sessionId } = this.customer;
    if (sessionId === '') return undefined;
    return { user: this.options.name, sessionId, events: await this.desk().transcript() };
  }

  async close(): Promise<void> {
    await this.application.close();
    this.customer.close();
  }

  private desk(): AgentDesk {
    const { product } = this.world;
    return (this.agent ??= new AgentDesk(product, this.customer.serviceId, `agent of ${this.options.name}`));
  }

  private shows(what: string, isThere: () => boolean): Promise<unknown> {
    const whole = `${this.options.name} to be told ${what}`;
    return waitFor(whole, () => Promise.resolve(isThere()), this.world.chaos.settleMs);
  }

  private async end(): Promise<void> {
    // The last event, where the agent leaves; else the end of the chat comes without any other.
    if (this.random() < 0.5) await this.desk().leave();
    await this.customer.end();
  }

  /** Both sides write, now and then several things at once. */
  private async talk(): Promise<void> {
    const { roundMs } = this.world.chaos;
    const { events } = this.options;
    const begun = performance.now();
    const waiting: Promise<void>[] = [];
    while (this.count < events) {
      const burst = Math.min(events - this.count, 1 + anyBelow(this.random, this.random() < 0.3 ? BURST_MAX : 1));
      for (let index = 0; index < burst; index += 1) waiting.push(this.write());
      const dueMs = begun + (roundMs * this.count) / events;
      await pause(Math.max(0, dueMs - performance.now()));
    }
    await Promise.all(waiting);
  }

  private async write(): Promise<void> {
    this.count += 1;
    const number = this.count;
    const dice = this.random();
    if (dice < 0.55) {
      const text = `${number} from the agent to ${this.options.name}`;
      await this.desk().say(text);
      this.written.push({ text, position: undefined });
    } else if (dice < 0.9) {
      const text = `${number} from ${this.options.name}`;
      this.written.push({ text, position: await this.customer.send(text) });
    } else if (dice < 0.95) await this.desk().type();
    else await this.customer.startTyping();
  }

  private async suffer(): Promise<void> {
    const { roundMs, freezeMs, awayMs } = this.world.chaos;
    const { name, fate } = this.options;
    const beforeMs = (share: number): Promise<void> => pause(this.random() * share * roundMs);
    switch (fate) {
      case 'plain':
        break;
      case 'frozen': {
        await beforeMs(0.2);
        this.world.proxy.freeze(name);
        await pause(freezeMs);
        this.world.proxy.thaw(name, { cut: this.random() < 0.5 });
        break;
      }
      case 'shakes hands again': {
        for (let time = 0; time < 3; time += 1) {
          await beforeMs(0.3);
          await this.application.restart();
        }
        break;
      }
      case 'background': {
        await beforeMs(0.5);
        await this.goAway(BACK_MAX);
        await pause(awayMs * (0.2 + 0.8 * this.random()));
        await this.application.start();
        break;
      }
      case 'background to the end':
        // He goes when everything has been said.
        break;
    }
  }

  /** Into the background, with the last position shown or one before it. */
  private async goAway(backMax: number): Promise<void> {
    await this.shows('anything', () => this.application.position > 0);
    const { position } = this.application;
    const back = this.random() < 0.5 ? anyBelow(this.random, backMax + 1) : 0;
    const left = Math.max(1, position - back);
    const { clientId, isKnown } = await this.application.leave(left);
    if (!isKnown) await this.customer.repeatDisconnect(clientId, left);
  }

  private async showsAll(): Promise<void> {
    const { length } = await this.desk().transcript();
    await this.shows('everything', () => this.application.position > length);
  }
}
