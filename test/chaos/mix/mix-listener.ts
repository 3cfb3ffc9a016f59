import { waitFor } from '../../support/http.js';
import { ChatApplication } from '../cometd/chat-application.js';
import { MAJORS, officialClient, TRANSPORTS } from '../cometd/official-client.js';
import { within } from '../cometd/time-limit.js';
import { MixCustomer } from './mix-customer.js';
import type { World } from './world.js';

const BACKOFF_MS = 100;
const CLOSE_LIMIT_MS = 2_000;

/** A customer who is told by CometD what happens, with the client that applications have. */
export class MixListener {
  private constructor(
    private readonly world: World,
    readonly customer: MixCustomer,
    readonly application: ChatApplication,
    readonly client: string,
  ) {}

  static async start(world: World, index: number): Promise<MixListener> {
    const name = `listener-${index + 1}`;
    const major = MAJORS[(index + world.seed) % MAJORS.length] ?? 9;
    const transport = TRANSPORTS[index % TRANSPORTS.length] ?? 'websocket';
    const url = `${world.balancer.urlOf(name)}/genesys/cometd`;
    const client = await officialClient({ major, transport, acknowledges: true, url, backoffIncrementMs: BACKOFF_MS });
    const customer = new MixCustomer(world, name, 'comet');
    const application = new ChatApplication(client);
    await customer.createService();
    await application.start();
    await customer.startChat();
    return new MixListener(world, customer, application, `cometd ${major}, ${transport}`);
  }

  /** Ends the chat and waits until the application has been told. */
  async end(): Promise<void> {
    await this.customer.end();
    await waitFor(
      `${this.customer.name} (${this.client}) to be told the end`,
      () => this.application.hasEnded,
      this.world.options.settleMs,
    );
  }

  async close(): Promise<void> {
    await within(CLOSE_LIMIT_MS, 'a goodbye', this.application.close()).catch(() => undefined);
  }
}
