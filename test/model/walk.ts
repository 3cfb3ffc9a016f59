import { randomUUID } from 'node:crypto';
import type { AgentDesk } from '../chaos/cometd/agent-desk.js';
import { CometdSession, type PushedData, userHeader } from '../conformance/cometd-session.js';
import { type ChatBody, chatPath, SERVICE, type WireEvent, withoutSeconds } from '../conformance/customer.js';
import { type HttpClient, type HttpReply, waitFor } from '../support/http.js';
import { type Expected, ServiceModel, type Told } from './service-model.js';
import type { Gateway, Step, Who } from './steps.js';

/** What a walk goes through: a stack of two gateways without a robot, and agents beside it. */
export interface Ground {
  readonly client: (index: Gateway) => HttpClient;
  readonly desk: (service: { readonly id: string }) => AgentDesk;
  /** Has the server believe that a deadline has passed. */
  readonly pass: (serviceId: string, kind: 'ttl' | 'flex' | 'idle') => Promise<void>;
}

/** What the server tells a customer who is silent for long; services/request-chat.yaml. */
const ALERT = 'This chat will be closed soon if nobody writes.';
/** Until a user has been told everything, in milliseconds. */
const TELLING_LIMIT_MS = 10_000;
const NAME = { firstName: 'Vasya', lastName: 'Pupkin' };

/** The last command that named itself. */
interface Keyed {
  readonly service: ServiceModel;
  readonly key: string;
  readonly text: string;
}

/** One walk: it does each step to the product and to the model, and compares the answers. */
export class Walk {
  private readonly suffix = randomUUID();
  private readonly services: ServiceModel[] = [];
  private readonly sessions = new Map<string, CometdSession>();
  private last: Keyed | undefined;
  private keys = 0;

  constructor(private readonly ground: Ground) {}

  /** @returns whether the step made sense where it stands */
  async take(step: Step): Promise<boolean> {
    const user = this.userOf(step.who);
    switch (step.does) {
      case 'nothing':
        return false;
      case 'create':
        await this.create(step, user);
        return true;
      case 'shake hands':
        if (user === undefined) return false;
        await this.shakeHands(user, step.at);
        return true;
      case 'connect':
        if (user === undefined) return false;
        return this.connect(user, step.at);
      case 'catch up':
        if (user === undefined || !this.sessions.has(user)) return false;
        await this.catchUp(user, step.at);
        return true;
      case 'send again':
        return this.sendAgain(step, user);
      default: {
        if (this.services.length === 0) await this.create(step, user);
        const service = this.services[step.service % this.services.length];
        return service === undefined ? false : this.takeIn(service, step, user);
      }
    }
  }

  /** In the end everything is as the model has it, wherever one looks. */
  async settle(): Promise<void> {
    for (const [user] of this.sessions) await this.catchUp(user, 0);
    for (const service of this.services) {
      if (!service.isStarted) continue;
      const lines = withoutSeconds(await this.ground.desk(service).transcript());
      expect([service.id, lines]).toEqual([service.id, service.lines]);
      if (service.isComet || service.isGone) continue;
      for (const at of [0, 1] as const) {
        const form = { transcriptPosition: '0' };
        const expected = service.refresh(undefined, 0);
        await this.compare(this.post(at, service, 'refresh', undefined, form), expected);
      }
    }
  }

  private async takeIn(service: ServiceModel, step: Step, user: string | undefined): Promise<boolean> {
    const { at, text, position, isKeyed } = step;
    // Who comes first owns it; whether a refused request counts is not for the model to say.
    if (
      service.owner === undefined &&
      user !== undefined &&
      !step.does.startsWith('start in') &&
      step.does !== 'start'
    ) {
      return false;
    }
    const key = isKeyed ? this.newKey() : undefined;
    switch (step.does) {
      case 'start':
      case 'start in CometD mode': {
        const isComet = step.does !== 'start';
        const form = isComet ? { ...NAME, notify_by: 'comet' } : NAME;
        await this.compare(this.post(at, service, '', user, form), service.start(user, isComet));
        return true;
      }
      case 'send':
      case 'refresh with a message': {
        const isSend = step.does === 'send';
        const from = isSend ? undefined : Math.max(0, position);
        const form = { message: text, ...(isSend ? {} : { transcriptPosition: String(position) }) };
        const reply = this.post(at, service, isSend ? 'send' : 'refresh', user, form, key);
        await this.compare(reply, service.send(user, text, key, from));
        if (key !== undefined && isSend) this.last = { service, key, text };
        return true;
      }
      case 'refresh':
        await this.compare(this.post(at, service, 'refresh', user, {}), service.refresh(user, undefined));
        return true;
      case 'refresh from': {
        const isReplay = service.isComet && service.isStarted && service.isFor(user);
        // What is on its way to a client and not acknowledged comes again, too, by this.
        if (isReplay) await this.catchUpIfThere(service.owner, at);
        const form = { transcriptPosition: String(position) };
        await this.compare(this.post(at, service, 'refresh', user, form), service.refresh(user, Math.max(0, position)));
        return true;
      }
      case 'start typing':
        await this.compare(this.post(at, service, 'startTyping', user, {}, key), service.startTyping(user, key));
        return true;
      case 'stop typing':
        await this.compare(this.post(at, service, 'stopTyping', user, {}, key), service.stopTyping(user, key));
        return true;
      case 'disconnect':
        await this.compare(this.post(at, service, 'disconnect', user, {}), service.disconnect(user));
        return true;
      case 'delete': {
        const isThere = service.isFor(user);
        const path = `${SERVICE}/${service.id}`;
        const reply = await this.ground.client(at).delete(path, { headers: userHeader(user) });
        expect([reply.status, isThere ? reply.text : '']).toEqual(isThere ? [200, '{}'] : [404, '']);
        if (isThere) service.drop();
        return true;
      }
      case 'time to live passes':
        return this.pass(service, 'ttl');
      case 'silence passes':
        return this.pass(service, 'idle');
      case 'absence passes':
        return this.pass(service, 'flex');
      case 'agent joins':
        if (!isLive(service)) return false;
        await this.ground.desk(service).join();
        service.agentJoins();
        return true;
      case 'agent says':
        if (!isLive(service) || !service.hasAgent) return false;
        await this.ground.desk(service).say(text);
        service.agentSays(text);
        return true;
      case 'agent types':
        if (!isLive(service) || !service.hasAgent) return false;
        await this.ground.desk(service).type();
        service.agentTypes();
        return true;
      case 'agent leaves':
        if (!isLive(service) || !service.hasAgent) return false;
        await this.ground.desk(service).leave();
        service.agentLeaves();
        return true;
      case 'store':
      case 'look up':
      case 'look all up':
      case 'forget':
      case 'forget all':
        await this.keep(service, step, user);
        return true;
      case 'go to the background':
        return this.goToBackground(service, step);
      default:
        return false;
    }
  }

  private async create({ at }: Step, user: string | undefined): Promise<void> {
    const reply = await this.ground.client(at).post(`${SERVICE}/request-chat`, { headers: userHeader(user) });
    expect(reply.status).toBe(200);
    const { _id: id } = reply.json() as { readonly _id: string };
    this.services.push(new ServiceModel(id, user));
  }

  /** The last command that named itself, once more: nothing new comes of it, and nothing at all for somebody else. */
  private async sendAgain({ at }: Step, user: string | undefined): Promise<boolean> {
    if (this.last === undefined) return false;
    const { service, key, text } = this.last;
    if (service.owner === undefined && user !== undefined) return false;
    const reply = this.post(at, service, 'send', user, { message: text }, key);
    await this.compare(reply, service.send(user, text, key));
    return true;
  }

  private async pass(service: ServiceModel, kind: 'ttl' | 'flex' | 'idle'): Promise<boolean> {
    if (service.isGone) return false;
    await this.ground.pass(service.id, kind);
    service.pass(kind, ALERT);
    return true;
  }

  private async keep(
    service: ServiceModel,
    { does, at, text, position }: Step,
    user: string | undefined,
  ): Promise<void> {
    const client = this.ground.client(at);
    const name = `key${Math.abs(position) % 3}`;
    const path = `${SERVICE}/${service.id}/storage`;
    const headers = userHeader(user);
    const isThere = service.isFor(user);
    const { stored } = service;
    const expectReply = ({ status, text: body }: HttpReply, expected: string): void => {
      expect([status, isThere ? body : '']).toEqual(isThere ? [200, expected] : [404, '']);
    };
    switch (does) {
      case 'store':
        expectReply(await client.post(path, { form: { [name]: text }, headers }), '{}');
        if (isThere) stored.set(name, text);
        return;
      case 'look up': {
        const value = stored.get(name);
        const reply = await client.get(`${path}/${name}`, { headers });
        if (value === undefined) expect(reply.status).toBe(404);
        else expectReply(reply, value);
        return;
      }
      case 'look all up': {
        const reply = await client.get(path, { headers });
        if (isThere) expect(reply.json()).toEqual(Object.fromEntries(stored));
        else expect(reply.status).toBe(404);
        return;
      }
      case 'forget':
        expectReply(await client.delete(`${path}/${name}`, { headers }), '{}');
        if (isThere) stored.delete(name);
        return;
      default:
        expectReply(await client.delete(path, { headers }), '{}');
        if (isThere) stored.clear();
    }
  }

  /** A client of a user; the one that he had is caught up with before, so that nothing of it comes twice. */
  private async shakeHands(user: string, at: Gateway): Promise<void> {
    await this.catchUpIfThere(user, at);
    await this.sessions.get(user)?.disconnect();
    this.sessions.set(user, await CometdSession.subscribed(this.ground.client(at), user));
  }

  /** What one connect brings is the beginning of what there is to be told. */
  private async connect(user: string, at: Gateway): Promise<boolean> {
    const session = this.sessions.get(user);
    if (session === undefined) return false;
    // Nothing is noted: it comes again with the next connect, which says that it has not arrived.
    const replies = await session.connectInVain({ via: this.ground.client(at), holdMs: 0 });
    const pushed = replies.flatMap(({ data }) => (data === undefined ? [] : [data]));
    for (const service of this.of(user)) {
      const told = toldOf(service, pushed);
      expect([service.id, told]).toEqual([service.id, service.untold().slice(0, told.length)]);
    }
    this.expectOwn(user, pushed);
    return true;
  }

  /** Connects until everything has been told, once and in order, and has been acknowledged. */
  private async catchUp(user: string, at: Gateway): Promise<void> {
    const session = this.sessions.get(user);
    if (session === undefined) return;
    const services = this.of(user);
    const untold = services.map((service) => service.untold());
    const pushed: PushedData[] = [];
    const via = this.ground.client(at);
    const isAll = async (): Promise<boolean> => {
      const news = await session.look(via);
      pushed.push(...news);
      const count = services.reduce((sum, service) => sum + toldOf(service, pushed).length, 0);
      return news.length === 0 && count >= untold.flat().length;
    };
    // What was waited for in vain is seen by the comparison.
    await waitFor('all that there is to be told', isAll, TELLING_LIMIT_MS).catch(() => undefined);
    expect(services.map((service) => toldOf(service, pushed))).toEqual(untold);
    this.expectOwn(user, pushed);
    for (const service of services) service.tell();
  }

  private async catchUpIfThere(user: string | undefined, at: Gateway): Promise<void> {
    if (user !== undefined) await this.catchUp(user, at);
  }

  /** The application says how far it has read, and goes; it comes back, and is told the rest. */
  private async goToBackground(service: ServiceModel, { at, position }: Step): Promise<boolean> {
    const { owner } = service;
    const session = owner === undefined ? undefined : this.sessions.get(owner);
    const isOnly = owner !== undefined && this.of(owner).length === 1;
    if (owner === undefined || session === undefined || !isLive(service) || !service.isComet || !isOnly) return false;
    await this.catchUp(owner, at);
    const place = Math.min(Math.max(1, position), service.end);
    await session.disconnect(place, this.ground.client(at));
    service.resumeAt(place);
    this.sessions.delete(owner);
    return true;
  }

  /** Nobody is told of another one's chat. */
  private expectOwn(user: string, pushed: readonly PushedData[]): void {
    const own = this.of(user).map(({ id }) => `service.chat.refresh.${id}`);
    for (const { tag } of pushed) expect(own).toContain(tag);
  }

  private of(user: string): readonly ServiceModel[] {
    return this.services.filter(({ owner, isComet }) => isComet && owner === user);
  }

  private async compare(answer: Promise<HttpReply>, expected: Expected): Promise<void> {
    const reply = await answer;
    if ('refused' in expected) {
      expect([reply.status, expected.refused === 503 ? reply.text : '']).toEqual([expected.refused, '']);
      return;
    }
    expect([reply.status, reply.text.slice(0, reply.status === 200 ? 0 : 300)]).toEqual([200, '']);
    const body = reply.json() as ChatBody;
    const lines = body.transcriptToShow === undefined ? undefined : withoutSeconds(body.transcriptToShow);
    expect({ state: body.chatIxnState, position: Number(body.transcriptPosition), lines }).toEqual({
      lines: undefined,
      ...expected,
    });
  }

  private post(
    at: Gateway,
    { id }: ServiceModel,
    operation: string,
    user: string | undefined,
    form: Readonly<Record<string, string>>,
    key?: string,
  ): Promise<HttpReply> {
    const headers = { ...userHeader(user), ...(key === undefined ? {} : { 'idempotency-key': key }) };
    return this.ground.client(at).post(chatPath(id, operation), { form, headers });
  }

  private newKey(): string {
    this.keys += 1;
    return `walk-${this.keys}`;
  }

  private userOf(who: Who): string | undefined {
    return who === 'nobody' ? undefined : `${who}-${this.suffix}`;
  }
}

const isLive = ({ isStarted, isEnded, isGone }: ServiceModel): boolean => isStarted && !isEnded && !isGone;

/** What messages say of one service, one thing after the other. */
const toldOf = ({ id }: ServiceModel, pushed: readonly PushedData[]): readonly Told[] =>
  pushed
    .filter(({ tag }) => tag === `service.chat.refresh.${id}`)
    .flatMap(({ message: { chatIxnState, transcriptPosition, transcriptToShow: events = [] } }): readonly Told[] => {
      if (chatIxnState === 'DISCONNECTED') return ['end'];
      if (events.length === 0) return ['start'];
      const first = Number(transcriptPosition) - (events.length - 1);
      return events.map(([type, nickname, text, , party]: WireEvent, index) => {
        return { line: [type, nickname, text, party], position: first + index };
      });
    });
