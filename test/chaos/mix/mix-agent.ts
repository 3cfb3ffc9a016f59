import { setTimeout as pause } from 'node:timers/promises';
import { ApiAgent } from '../../support/api-agent.js';
import type { AgentEntry } from '../../support/agents-file.js';
import type { HttpReply } from '../../support/http.js';
import { anyBelow, type Random, seededRandom } from '../../support/seeded-random.js';
import { type Answer, ask } from './asking.js';
import { Pen } from './pen.js';
import type { World } from './world.js';

/** How often an agent looks whether a chat rings, in milliseconds. */
const LOOK_EVERY_MS = 150;

interface Me {
  readonly presence: 'ready' | 'not-ready' | 'away' | 'signed-out';
  readonly offers: readonly { readonly serviceId: string; readonly token: string; readonly phase: string }[];
  readonly chats: readonly string[];
}

/** An agent at his desk: he takes what rings and talks to all his customers, through any gateway. */
export class MixAgent {
  readonly pen: Pen;
  /** How often he found himself away or signed out, and came back. */
  returns = 0;
  private readonly random: Random;
  private readonly desks: readonly ApiAgent[];
  private chats: readonly string[] = [];
  private count = 0;
  private wasReady = false;

  constructor(
    private readonly world: World,
    readonly entry: AgentEntry,
  ) {
    this.random = seededRandom(world.seed, `agent ${entry.id}`);
    this.pen = new Pen(world, this.random);
    this.desks = world.backDoors.map((door) => new ApiAgent(entry.id, door));
  }

  /** Works until the signal. */
  async live(signal: AbortSignal): Promise<void> {
    const until = async (everyMs: number, act: () => Promise<void>): Promise<void> => {
      while (!signal.aborted) {
        await act();
        await pause(everyMs, undefined, { signal }).catch(() => undefined);
      }
    };
    await Promise.all([
      until(LOOK_EVERY_MS, () => this.tend()),
      until(this.world.options.everyMs, () => this.say()),
      until(this.world.options.everyMs, () => this.say()),
    ]);
  }

  private async tend(): Promise<void> {
    const { answer } = await this.call('GET', '/me');
    if (answer?.status !== 200) return;
    const { presence, offers, chats } = answer.json() as Me;
    this.chats = chats;
    if (presence !== 'ready') {
      if (this.wasReady) this.returns += 1;
      await this.call('POST', '/me/sign-in', {});
      const { answer: ready } = await this.call('POST', '/me/ready', {});
      this.wasReady ||= ready?.status === 200;
    }
    for (const { serviceId, token, phase } of offers) {
      if (phase === 'offered') await this.call('POST', `/chats/${serviceId}/accept`, { token });
    }
  }

  private async say(): Promise<void> {
    const chat = this.chats[anyBelow(this.random, this.chats.length)];
    if (chat === undefined) return;
    this.count += 1;
    const text = `${this.count} from ${this.entry.id}`;
    const key = `${this.entry.id}-${this.count}`;
    await this.pen.write({
      chat,
      text,
      send: (gateway) =>
        this.desk(gateway).call('POST', `/chats/${chat}/messages`, { text }, { 'idempotency-key': key }),
      positionIn: (reply: HttpReply) => (reply.json() as { readonly position: number }).position,
    });
  }

  private async call(method: string, path: string, body?: unknown): Promise<{ readonly answer: Answer }> {
    const gateway = anyBelow(this.random, this.desks.length);
    return ask(this.world, `${this.entry.id}: ${method} ${path}`, () => this.desk(gateway).call(method, path, body));
  }

  private desk(gateway: number): ApiAgent {
    const desk = this.desks[gateway];
    if (desk === undefined) throw new Error(`there is no gateway ${gateway + 1}`);
    return desk;
  }
}
