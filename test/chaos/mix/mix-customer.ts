import { setTimeout as pause } from 'node:timers/promises';
import type { ChatBody } from '../../conformance/customer.js';
import type { HttpReply } from '../../support/http.js';
import { anyBelow, type Random, seededRandom } from '../../support/seeded-random.js';
import { type Answer, ask, askUntilAnswered } from './asking.js';
import { chatPath, SERVICE } from './chat-path.js';
import { type Letter, Pen } from './pen.js';
import type { World } from './world.js';

/** Share of the messages that nobody may take: too long, or for the chat of somebody else. */
const FORBIDDEN_SHARE = 0.03;
const TOO_LONG = 'x'.repeat(5_000);
/** What one customer has under way at once, at most. */
const HANDS = 2;

const bodyOf = (reply: HttpReply): ChatBody => reply.json() as ChatBody;

/** A customer's REST side: each request goes to any gateway, and what has no answer is asked again with the same key. */
export class MixCustomer {
  serviceId = '';
  sessionId = '';
  readonly pen: Pen;
  private readonly random: Random;
  private position = 1;
  private count = 0;

  constructor(
    private readonly world: World,
    readonly name: string,
    /** How he is told what happens: by asking, or by CometD. */
    private readonly notifyBy?: 'comet',
  ) {
    this.random = seededRandom(world.seed, `customer ${name}`);
    this.pen = new Pen(world, this.random);
  }

  /** Creates a service. */
  async createService(name = 'request-chat'): Promise<void> {
    const reply = await this.insist(`${SERVICE}/${name}`, {});
    this.serviceId = (reply.json() as { readonly _id: string })._id;
  }

  /** What an advanced service shows now; undefined when no answer came. */
  async status(): Promise<string | undefined> {
    const gateway = anyBelow(this.random, this.world.gateways.length);
    const path = `${SERVICE}/${this.serviceId}/status`;
    const { answer } = await ask(this.world, `the status of ${this.name}`, () => this.send(gateway, path, {}));
    if (answer?.status !== 200) return undefined;
    return (answer.json() as { readonly message: { readonly _status: string } }).message._status;
  }

  /** @returns whether the chat has begun: no agent may be held for him any more */
  async startChat(): Promise<boolean> {
    const form = {
      firstName: this.name,
      subject: 'chaos',
      ...(this.notifyBy === undefined ? {} : { notify_by: this.notifyBy }),
    };
    const reply = await this.untilAnswered(chatPath(this.serviceId), form);
    if (reply?.status === 503) return false;
    this.sessionId = bodyOf(expectOk(reply, this.name)).chatSessionId;
    return true;
  }

  /** Does what customers do until the signal. */
  async live(signal: AbortSignal): Promise<void> {
    const hand = async (): Promise<void> => {
      while (!signal.aborted) {
        await this.act();
        await pause(2 * HANDS * this.random() * this.world.options.everyMs, undefined, { signal }).catch(
          () => undefined,
        );
      }
    };
    await Promise.all(Array.from({ length: HANDS }, hand));
  }

  /** Says something. @returns its position; undefined when it was not taken */
  say(): Promise<number | undefined> {
    return this.pen.write(this.nextLetter());
  }

  /** Says something to one gateway, or to the first that answers, again and again until it is taken. */
  async sayTo(only?: number): Promise<void> {
    const letter = this.nextLetter();
    await this.pen.writePlainly({ ...letter, send: (gateway) => letter.send(only ?? gateway) });
  }

  /** Says something once to one gateway. @returns the status of the answer; 0 when there was none, and how long it took */
  async tryTo(
    gateway: number,
  ): Promise<{ readonly status: number; readonly hasRetryAfter: boolean; readonly tookMs: number }> {
    const begunMs = performance.now();
    const { status, headers } = await this.pen.once(this.nextLetter(), gateway);
    return { status, hasRetryAfter: headers['retry-after'] !== undefined, tookMs: performance.now() - begunMs };
  }

  /** Asks for what is new. @returns the nicknames of those who said or did something, when he was told */
  async look(gateway = anyBelow(this.random, this.world.gateways.length)): Promise<readonly string[] | undefined> {
    const { history } = this.world;
    const after = this.position;
    const begun = history.tick();
    const form = { transcriptPosition: String(after) };
    const { answer } = await ask(this.world, `a look of ${this.name}`, () => this.post(gateway, '/refresh', form));
    if (answer?.status !== 200) return undefined;
    const { transcriptPosition, transcriptToShow: events = [] } = bodyOf(answer);
    const position = Number(transcriptPosition);
    const reader = `${this.name} at gateway ${gateway + 1}`;
    history.add({
      ...{ kind: 'reading', chat: this.serviceId, reader, after, position, events, begun },
      ended: history.tick(),
    });
    this.position = Math.max(this.position, position);
    return events.map(([, nickname]) => nickname);
  }

  async end(): Promise<void> {
    await this.insist(chatPath(this.serviceId, 'disconnect'), {});
  }

  /** The whole transcript as a gateway shows it now. Who listens by CometD is shown nothing by REST. */
  async noteTranscript(gateway: number): Promise<void> {
    if (this.notifyBy === 'comet') return;
    const form = { transcriptPosition: '1' };
    const reply = await askUntilAnswered(this.world, `the transcript of ${this.name}`, gateway, () =>
      this.post(gateway, '/refresh', form),
    );
    if (reply?.status !== 200) {
      throw new Error(`gateway ${gateway + 1} shows no transcript: ${reply?.status ?? 'silence'}`);
    }
    const { transcriptPosition, transcriptToShow = [] } = bodyOf(reply);
    const first = Number(transcriptPosition) - transcriptToShow.length + 1;
    const events = transcriptToShow.map((event, index) => ({ position: first + index, event }));
    this.world.history.add({ kind: 'transcript', chat: this.serviceId, reader: `gateway ${gateway + 1}`, events });
  }

  private nextLetter(): Letter {
    this.count += 1;
    const text = `${this.count} from ${this.name}`;
    const key = `${this.name}-${this.count}`;
    return {
      chat: this.serviceId,
      text,
      send: (gateway) => this.post(gateway, '/send', { message: text }, { 'Idempotency-Key': key }),
      positionIn: (reply) => {
        const { chatIxnState, transcriptPosition } = bodyOf(reply);
        return chatIxnState === 'DISCONNECTED' ? undefined : Number(transcriptPosition);
      },
    };
  }

  private async act(): Promise<void> {
    const dice = this.random();
    if (dice < FORBIDDEN_SHARE) await this.saySomethingForbidden();
    else if (dice < 0.5) await this.say();
    else if (dice < 0.6) await this.type();
    else if (this.notifyBy === undefined) await this.look();
  }

  private async type(): Promise<void> {
    const gateway = anyBelow(this.random, this.world.gateways.length);
    const operation = this.random() < 0.5 ? '/startTyping' : '/stopTyping';
    await ask(this.world, `${this.name} ${operation}`, () => this.post(gateway, operation, {}));
  }

  private async saySomethingForbidden(): Promise<void> {
    this.count += 1;
    const isTooLong = this.random() < 0.5;
    const text = `${this.count} from ${this.name}, forbidden${isTooLong ? TOO_LONG : ''}`;
    const headers = { 'Idempotency-Key': `${this.name}-${this.count}`, ...(isTooLong ? {} : { gms_user: 'intruder' }) };
    const position = await this.pen.write({
      chat: this.serviceId,
      text,
      send: (gateway) => this.post(gateway, '/send', { message: text }, headers),
      positionIn: (reply) => Number(bodyOf(reply).transcriptPosition),
    });
    if (position !== undefined) this.world.failures.add(`"${text.slice(0, 60)}" was taken at ${position}`);
  }

  private post(
    gateway: number,
    operation: string,
    form: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<HttpReply> {
    return this.send(gateway, chatPath(this.serviceId) + operation, form, headers);
  }

  private send(
    gateway: number,
    path: string,
    form: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<HttpReply> {
    const door = this.world.doors[gateway];
    if (door === undefined) throw new Error(`there is no gateway ${gateway + 1}`);
    return door.post(path, { form, headers: { gms_user: this.name, ...headers }, timeoutMs: 8_000 });
  }

  private async insist(path: string, form: Readonly<Record<string, string>>): Promise<HttpReply> {
    return expectOk(await this.untilAnswered(path, form), `${this.name}: ${path}`);
  }

  private untilAnswered(path: string, form: Readonly<Record<string, string>>): Promise<Answer> {
    const first = anyBelow(this.random, this.world.gateways.length);
    return askUntilAnswered(this.world, `${this.name}: ${path}`, first, (gateway) => this.send(gateway, path, form));
  }
}

const expectOk = (reply: Answer, what: string): HttpReply => {
  if (reply?.status === 200) return reply;
  throw new Error(`${what}: ${reply === undefined ? 'no answer' : `${reply.status} ${reply.text}`}`);
};
