import { chatPath, createService, expectStatus } from '../conformance/customer.js';
import {
  askBayeux,
  CHANNEL,
  CometdSession,
  type HeldConnect,
  heldConnects,
  placed,
  pushedIn,
  textsPushed,
  userHeader,
} from '../conformance/cometd-session.js';
import { startCometChat, useCometdStack } from '../conformance/cometd-stack.js';
import { CONNECTION_TYPES, type ConnectionType, openWire } from '../conformance/cometd-wire.js';
import type { Chat } from '../conformance/customer.js';
import { HttpClient } from '../support/http.js';
import { type Stack, startStack } from '../support/stack.js';

const START_LIMIT_MS = 60_000;

const { client, gateway, stack, desk, newUser, keyPrefix } = useCometdStack({ gateways: 2, workers: 0 });

/** A gateway beside the others that believes nobody on this machine. */
let wary: Stack | undefined;

beforeAll(async () => {
  wary = await startStack({
    ...{ gateways: 1, workers: 0, redisUrl: stack().redis?.url ?? '' },
    env: { KEY_PREFIX: keyPrefix, DEMO_AGENT: '0', TRUSTED_PROXIES: '10.0.0.0/8' },
  });
}, START_LIMIT_MS);

afterAll(async () => {
  await wary?.stop();
}, START_LIMIT_MS);

const waryUrl = (): string => wary?.gateways[0]?.url ?? '';

/** Somebody with a chat, whose connect is held. */
interface Victim {
  readonly user: string;
  readonly session: CometdSession;
  readonly chat: Chat;
  readonly held: HeldConnect;
}

const newVictim = async (): Promise<Victim> => {
  const user = newUser();
  const session = await CometdSession.subscribed(client(0), user);
  const chat = await startCometChat(client(0), user);
  await desk(chat).join();
  await session.untilEvents(1);
  return { user, session, chat, held: await session.hold(gateway(0)) };
};

/** The victim has felt nothing: what was held is still held, and brings what comes next, which is all that there is. */
const expectUnhurt = async ({ session, chat, held }: Victim): Promise<void> => {
  expect(await heldConnects(gateway(0))).toBe(1);
  const before = session.ack ?? 0;
  await desk(chat).say('for the customer alone');
  const replies = await held.reply;
  expect(placed(pushedIn(replies))).toEqual([[3, 'Message.Text', 'Monique', 'for the customer alone']]);
  expect(replies.at(-1)).toMatchObject({ successful: true, ext: { ack: before + 1 } });
  expect(await session.look(client(1))).toEqual([]);
};

/** Everything that can be said with the id of somebody else's client. */
const attempts = (clientId: string): readonly Readonly<Record<string, unknown>>[] => [
  { channel: '/meta/connect', clientId, connectionType: 'long-polling' },
  { channel: '/meta/connect', clientId, connectionType: 'long-polling', ext: { ack: 0 } },
  { channel: '/meta/connect', clientId, connectionType: 'long-polling', ext: { ack: 2 } },
  { channel: '/meta/connect', clientId, connectionType: 'websocket', advice: { timeout: 0 } },
  { channel: '/meta/connect', clientId },
  { channel: '/meta/subscribe', clientId, subscription: CHANNEL },
  { channel: '/meta/subscribe', clientId, subscription: '/**' },
  { channel: '/meta/subscribe', clientId, subscription: ['/_genesys/*', '/meta/*', CHANNEL] },
  { channel: '/meta/unsubscribe', clientId, subscription: CHANNEL },
  { channel: '/meta/disconnect', clientId },
  { channel: '/meta/disconnect', clientId, ext: { transcriptPosition: '0' } },
  { channel: '/meta/disconnect', clientId, ext: { transcriptPosition: '99' } },
  { channel: CHANNEL, clientId, data: { message: 'made up' } },
  { channel: '/anywhere', clientId, data: {} },
];

interface Attacker {
  readonly who: string;
  readonly url: () => string;
  readonly name: (victim: Victim) => string | undefined;
}

const ATTACKERS: readonly Attacker[] = [
  { who: 'another user', url: () => gateway(0).url, name: () => newUser() },
  { who: 'another user, at another gateway', url: () => gateway(1).url, name: () => newUser() },
  { who: 'somebody without a name', url: () => gateway(0).url, name: () => undefined },
  { who: "somebody with the victim's name whom the gateway does not trust", url: waryUrl, name: ({ user }) => user },
];

const CASES = ATTACKERS.flatMap((attacker) => CONNECTION_TYPES.map((type) => [attacker.who, type, attacker] as const));

describe("an attacker who has a victim's clientId", () => {
  it.each(CASES)('as %s over %s gets nothing, and costs the victim nothing', async (_who, type, { url, name }) => {
    const victim = await newVictim();
    const { clientId } = victim.session;
    const wire = await openWire(type, url(), name(victim));
    for (const attempt of attempts(clientId)) {
      for (const message of [attempt, [attempt, attempt]]) {
        for (const reply of await wire.ask(message)) {
          expect(reply).toMatchObject({ channel: attempt['channel'], successful: false, error: '402::Unknown client' });
          expect(reply).not.toHaveProperty('data');
        }
      }
    }
    await expectUnhurt(victim);
    wire.close();
  });

  it.each(CONNECTION_TYPES)('and mixes it with his own over %s gets nothing of it', async (type) => {
    const victim = await newVictim();
    const mallory = newUser();
    const wire = await openWire(type, gateway(1).url, mallory);
    const [handshake] = await wire.ask({
      channel: '/meta/handshake',
      version: '1.0',
      clientId: victim.session.clientId,
    });
    const own = handshake?.clientId ?? '';
    expect(own).not.toBe(victim.session.clientId);
    for (const stranger of attempts(victim.session.clientId)) {
      const replies = await wire.ask([
        { channel: '/meta/subscribe', clientId: own, subscription: CHANNEL, id: 'own subscription' },
        { ...stranger, id: 'of the victim' },
        { channel: '/meta/connect', clientId: own, connectionType: type, id: 'own connect' },
        { ...stranger, id: 'of the victim' },
      ]);
      expect(replies.map(({ id, successful }) => [id, successful])).toEqual([
        ['own subscription', true],
        ['of the victim', false],
        ['own connect', true],
        ['of the victim', false],
      ]);
    }
    await expectUnhurt(victim);
    const [last] = await wire.ask({ channel: '/meta/connect', clientId: own, advice: { timeout: 0 } });
    expect(last).toMatchObject({ channel: '/meta/connect', successful: true });
    wire.close();
  });
});

describe('an attacker with a client of his own', () => {
  it.each(CONNECTION_TYPES)('listens in vain over %s to channels of all', async (type) => {
    const victim = await newVictim();
    const wire = await openWire(type, gateway(0).url, newUser());
    const [handshake] = await wire.ask({ channel: '/meta/handshake', version: '1.0' });
    const clientId = handshake?.clientId ?? '';
    await wire.ask({ channel: '/meta/connect', clientId, connectionType: type });
    for (const subscription of [
      '/**',
      '/*',
      '/_genesys/*',
      '/_genesys/**',
      '/meta/*',
      '/meta/connect',
      `/_genesys/${victim.user}`,
      `/_genesys/${victim.session.clientId}`,
      [CHANNEL, '/**'],
      ['/**', CHANNEL],
    ]) {
      expect(await wire.ask({ channel: '/meta/subscribe', clientId, subscription })).toMatchObject([
        { successful: false, error: expect.stringMatching(/^403:.*:subscribe_denied$/) as string },
      ]);
    }
    // What he may: it brings him what is his.
    await wire.ask({ channel: '/meta/subscribe', clientId, subscription: CHANNEL });
    for (const channel of [CHANNEL, '/_genesys/x', '/service/x']) {
      expect(await wire.ask({ channel, clientId, data: { user: victim.user } })).toMatchObject([
        { successful: false, error: `403:${channel}:publish_denied` },
      ]);
    }
    await expectUnhurt(victim);
    expect(pushedIn(await wire.ask({ channel: '/meta/connect', clientId, advice: { timeout: 0 } }))).toEqual([]);
    wire.close();
  });

  it("cannot use the victim's service with his own name", async () => {
    const victim = await newVictim();
    const mallory = newUser();
    const own = await CometdSession.subscribed(client(1), mallory);
    for (const operation of ['', 'refresh', 'send', 'startTyping', 'stopTyping', 'disconnect']) {
      const reply = await client(1).post(chatPath(victim.chat.id, operation), {
        form: { notify_by: 'comet', message: 'made up', transcriptPosition: '1' },
        headers: userHeader(mallory),
      });
      expectStatus(reply, 404);
    }
    await expectUnhurt(victim);
    expect(await own.look()).toEqual([]);
  });
});

describe("an attacker with the victim's name whom the gateway does not trust", () => {
  it.each(CONNECTION_TYPES)('cannot shake hands over %s', async (type: ConnectionType) => {
    const victim = await newVictim();
    const wire = await openWire(type, waryUrl(), victim.user);
    expect(await wire.ask({ channel: '/meta/handshake', version: '1.0' })).toMatchObject([
      { successful: false, error: expect.stringMatching(/^403::/) as string, advice: { reconnect: 'none' } },
    ]);
    await expectUnhurt(victim);
    wire.close();
  });

  it.each([
    { 'x-forwarded-for': '10.1.2.3' },
    { 'x-forwarded-for': '10.1.2.3, 127.0.0.1' },
    { forwarded: 'for=10.1.2.3' },
    { 'x-real-ip': '10.1.2.3' },
    { 'gms-user': 'x' },
  ])('is not believed for saying %j', async (headers) => {
    const victim = await newVictim();
    const attacker = new HttpClient(waryUrl());
    const reply = await attacker.post('/genesys/cometd', {
      json: { channel: '/meta/handshake', version: '1.0' },
      headers: { ...headers, ...userHeader(victim.user) },
    });
    expect(expectStatus(reply, 200).json()).toMatchObject([{ successful: false, advice: { reconnect: 'none' } }]);
    attacker.close();
    await expectUnhurt(victim);
  });

  it('cannot have a chat of his own pushed to the victim', async () => {
    const victim = await newVictim();
    const attacker = new HttpClient(waryUrl());
    const id = await createService(attacker, { headers: userHeader(victim.user) });
    const reply = await attacker.post(chatPath(id), { form: { notify_by: 'comet' }, headers: userHeader(victim.user) });
    expect(expectStatus(reply, 415).text).toContain('gms_user');
    attacker.close();
    await expectUnhurt(victim);
  });
});

describe('many attempts', () => {
  it('with made-up client ids leave nothing behind, and nobody out', async () => {
    const victim = await newVictim();
    const mallory = newUser();
    const { clientId } = victim.session;
    const guesses = [
      ...Array.from({ length: 40 }, (_, index) => `${clientId.slice(0, -2)}${index.toString(36).padStart(2, '0')}`),
      ...[clientId.toUpperCase(), clientId.toLowerCase(), ` ${clientId}`, `${clientId} `, `${clientId}\u0000`],
      ...['*', '../x', '{x}', 'a:b', '0'],
    ].filter((guess) => guess !== clientId);
    for (const user of [mallory, victim.user]) {
      for (const guess of guesses) {
        const connect = { channel: '/meta/connect', clientId: guess, advice: { timeout: 0 } };
        expect(await askBayeux(client(1), connect, { user })).toMatchObject([{ error: '402::Unknown client' }]);
      }
    }
    await expectUnhurt(victim);
    expect(textsPushed(victim.session.pushed)).toEqual(['for the customer alone']);
    const [nobody] = await askBayeux(client(1), { channel: '/meta/connect', clientId: '' }, { user: mallory });
    expect(nobody).toMatchObject({ successful: false, error: expect.stringMatching(/^402:/) as string });
  });
});
