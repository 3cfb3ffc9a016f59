import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chatBody, chatPath, createService, expectStatus, SERVICE, startChat } from './customer.js';
import { askBayeux, CHANNEL, CometdSession, placed, pushedIn, textsPushed, userHeader } from './cometd-session.js';
import { startCometChat, useCometdStack } from './cometd-stack.js';
import { CometdSocket } from './cometd-websocket.js';

/** Times that a race is run. */
const RACES = 20;
const HANDSHAKE_AGAIN = { interval: 0, reconnect: 'handshake' };

/** The shipped services and one whose chats end when nobody has written for a second. */
const SERVICES_DIR = mkdtempSync(join(tmpdir(), 'parley-services-'));
cpSync(join(import.meta.dirname, '..', '..', 'services'), SERVICES_DIR, { recursive: true });
writeFileSync(join(SERVICES_DIR, 'brief.yaml'), 'name: brief\nkind: basic\noptions:\n  async-close-timeout: 1\n');

afterAll(() => {
  rmSync(SERVICES_DIR, { recursive: true });
});

const { client, gateway, desk, newUser } = useCometdStack({
  gateways: 2,
  // The chats of a race all go on at the same time.
  env: { SERVICES_DIR, CHATS_PER_USER: String(2 * RACES) },
});
const here = client(0);
const there = client(1);

describe('what happens in a chat', () => {
  it('is told to every live session of its user on any gateway, and to nobody else', async () => {
    const [user, other] = [newUser(), newUser()];
    const sessions = [
      await CometdSession.subscribed(here, user),
      await CometdSession.subscribed(there, user),
      await CometdSession.subscribed(there, user, false),
    ];
    const socket = await CometdSocket.open(gateway(1).url, { user });
    const silent = await CometdSession.connected(here, user);
    const stranger = await CometdSession.subscribed(there, other);
    const strangersChat = await startCometChat(here, other);
    await stranger.until('his own start', (pushed) => pushed.length === 1);

    const chat = await startCometChat(here, user);
    const monique = desk(chat);
    await monique.join();
    await monique.say('one');
    await here.post(chatPath(chat.id, 'send'), { form: { message: 'two' } });
    for (const session of sessions) expect(textsPushed(await session.untilEvents(3))).toEqual(['one', 'two']);

    // The same messages with the same ids, however they were batched.
    const [first] = sessions;
    for (const session of sessions) {
      expect(placed(session.pushed)).toEqual(placed(first?.pushed ?? []));
      expect(session.pushed.at(-1)?.id).toBe(first?.pushed.at(-1)?.id);
      expect(session.pushed.map(({ tag }) => tag)).toEqual(session.pushed.map(() => `service.chat.refresh.${chat.id}`));
    }
    const { clientId } = await CometdSession.connected(here, user);
    await socket.ask({ channel: '/meta/subscribe', clientId, subscription: CHANNEL });
    await monique.say('three');
    const frame = await socket.ask({ channel: '/meta/connect', clientId, connectionType: 'websocket' });
    expect(textsPushed(pushedIn(frame))).toContain('three');
    socket.close();

    expect(await silent.look()).toEqual([]);
    expect(await stranger.look()).toEqual([]);
    expect(stranger.pushed.map(({ message }) => message.chatSessionId)).toEqual([strangersChat.sessionId]);
  });

  it('wakes the held connects of its user at both gateways, and leaves those of others held', async () => {
    const [user, other] = [newUser(), newUser()];
    const sessions = [await CometdSession.subscribed(here, user), await CometdSession.subscribed(there, user)];
    const stranger = await CometdSession.subscribed(here, other);
    const chat = await startCometChat(here, user);
    for (const session of sessions) await session.until('the start', (pushed) => pushed.length === 1);
    const strangerHeld = await stranger.hold(gateway(0));
    const held = [await sessions[0]?.hold(gateway(0)), await sessions[1]?.hold(gateway(1))];
    await desk(chat).join();
    for (const connect of held) {
      expect(placed(pushedIn((await connect?.reply) ?? []))).toEqual([
        [2, 'Notice.Joined', 'Monique', 'has joined the session'],
      ]);
    }
    // Ended by his own disconnect, not by the events of others.
    await stranger.disconnect();
    expect(pushedIn(await strangerHeld.reply)).toEqual([]);
  });

  it('begins with an empty message at position 1', async () => {
    const user = newUser();
    const session = await CometdSession.subscribed(here, user);
    const chat = await startCometChat(there, user);
    const [start, ...more] = await session.until('the start', (pushed) => pushed.length > 0);
    expect(more).toEqual([]);
    expect(start).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      message: {
        chatIxnState: 'TRANSCRIPT',
        chatSessionId: chat.sessionId,
        transcriptPosition: '1',
        chatServiceMessage: 'Chat service is available',
        transcriptToShow: [],
        startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
      },
      tag: `service.chat.refresh.${chat.id}`,
    });
  });

  it('is not told before the reply to ixn/chat is there', async () => {
    const user = newUser();
    const session = await CometdSession.subscribed(there, user);
    const early = await CometdSession.subscribed(here, user);
    for (let race = 0; race < RACES; race += 1) {
      const id = await createService(here, { headers: userHeader(user) });
      const come: string[] = [];
      const note = (what: string) => () => come.push(what);
      const connects = [session.connect({ holdMs: 5_000 }), early.connect({ holdMs: 5_000 })];
      const pushed = connects.map((connect) => connect.then(note('pushed')));
      // Who speaks before the reply is out must wait, too.
      const started = here
        .post(chatPath(id), { form: { notify_by: 'comet', firstName: 'Buzz' }, headers: userHeader(user) })
        .then(chatBody)
        .then(note('reply'));
      await Promise.all([started, ...pushed]);
      expect(come).toEqual(['reply', 'pushed', 'pushed']);
      expect(session.pushed.at(-1)?.tag).toBe(`service.chat.refresh.${id}`);
    }
    expect(session.pushed).toHaveLength(RACES);
  });

  it('includes what the customer writes and that he types, each event once and in its place', async () => {
    const user = newUser();
    const session = await CometdSession.subscribed(here, user);
    const chat = await startCometChat(here, user);
    const monique = desk(chat);
    await monique.join();
    for (const [operation, form] of [
      ['startTyping', {}],
      ['stopTyping', {}],
      ['startTyping', {}],
      ['send', { message: 'hello agent' }],
      ['refresh', { message: 'are you there?' }],
    ] as const) {
      expectStatus(await there.post(chatPath(chat.id, operation), { form }), 200);
    }
    await monique.type();
    await monique.say('hi');
    expect(placed(await session.untilEvents(8, [here, there]))).toEqual([
      [2, 'Notice.Joined', 'Monique', 'has joined the session'],
      [3, 'Notice.TypingStarted', 'BuzzB', 'is typing'],
      [4, 'Notice.TypingStopped', 'BuzzB', 'stopped typing'],
      [5, 'Notice.TypingStarted', 'BuzzB', 'is typing'],
      [6, 'Message.Text', 'BuzzB', 'hello agent'],
      [7, 'Message.Text', 'BuzzB', 'are you there?'],
      [8, 'Notice.TypingStarted', 'Monique', 'is typing'],
      [9, 'Message.Text', 'Monique', 'hi'],
    ]);
    expect(await session.look()).toEqual([]);
  });

  it('is told once and in order when both sides write at once over both gateways', async () => {
    const user = newUser();
    const session = await CometdSession.subscribed(here, user);
    const chat = await startCometChat(here, user);
    const monique = desk(chat);
    await monique.join();
    const writes = Array.from({ length: 10 }, (_, index) => [
      monique.say(`agent ${index}`),
      here.post(chatPath(chat.id, 'send'), { form: { message: `here ${index}` } }),
      there.post(chatPath(chat.id, 'send'), { form: { message: `there ${index}` } }),
    ]).flat();
    const told = session.untilEvents(31, [here, there]);
    await Promise.all(writes);
    const transcript = await monique.transcript();
    expect(placed(await told)).toEqual(
      transcript.map(([type, nickname, text], index) => [index + 2, type, nickname, text]),
    );
  });

  it('of two chats of one user is told apart', async () => {
    const user = newUser();
    const session = await CometdSession.subscribed(here, user);
    const chats = [await startCometChat(here, user), await startCometChat(there, user)];
    for (const [index, chat] of chats.entries()) {
      await desk(chat).join();
      await desk(chat).say(`to chat ${index}`);
    }
    const pushed = await session.untilEvents(4);
    for (const [index, { id, sessionId }] of chats.entries()) {
      const ours = pushed.filter(({ tag }) => tag === `service.chat.refresh.${id}`);
      expect(textsPushed(ours)).toEqual([`to chat ${index}`]);
      expect(new Set(ours.map(({ message }) => message.chatSessionId))).toEqual(new Set([sessionId]));
    }
  });

  it('that is told by polling is not pushed', async () => {
    const user = newUser();
    const session = await CometdSession.subscribed(here, user);
    const chat = await startChat(here, { headers: userHeader(user) });
    await desk(chat).join();
    expect(await session.look()).toEqual([]);
  });
});

describe('the end of a chat', () => {
  const last = (sessionId: string, position: string) => ({
    chatIxnState: 'DISCONNECTED',
    chatSessionId: sessionId,
    transcriptPosition: position,
    transcriptToShow: [],
  });

  it('by the customer is one last message, in each session', async () => {
    const user = newUser();
    const sessions = [await CometdSession.subscribed(here, user), await CometdSession.subscribed(there, user, false)];
    const chat = await startCometChat(here, user);
    await here.post(chatPath(chat.id, 'send'), { form: { message: 'bye' } });
    for (let times = 0; times < 2; times += 1) {
      expectStatus(await there.post(chatPath(chat.id, 'disconnect')), 200);
    }
    for (const session of sessions) {
      const pushed = await session.untilEnd();
      expect(pushed.at(-1)?.message).toMatchObject(last(chat.sessionId, '2'));
      expect(pushed.filter(({ message }) => message.chatIxnState === 'DISCONNECTED')).toHaveLength(1);
      expect(await session.look()).toEqual([]);
    }
  });

  it('by the last agent who leaves comes after his leaving', async () => {
    const user = newUser();
    const session = await CometdSession.subscribed(here, user);
    const chat = await startCometChat(here, user);
    const monique = desk(chat);
    await monique.join();
    await monique.leave();
    const pushed = await session.untilEnd();
    expect(placed(pushed).at(-1)).toEqual([3, 'Notice.Left', 'Monique', 'has left the session']);
    expect(pushed.at(-1)?.message).toMatchObject(last(chat.sessionId, '3'));
    expect(await session.look()).toEqual([]);
  });

  it('by time, when nobody wrote for long, is told as well', async () => {
    const user = newUser();
    const session = await CometdSession.subscribed(here, user);
    const created = await here.post(`${SERVICE}/brief`, { headers: userHeader(user) });
    const { _id: id } = expectStatus(created, 200).json() as { _id: string };
    const form = { notify_by: 'comet', firstName: 'Buzz' };
    const { chatSessionId } = chatBody(await here.post(chatPath(id), { form, headers: userHeader(user) }));
    const pushed = await session.untilEnd();
    expect(pushed.map(({ message }) => message.chatIxnState)).toEqual(['TRANSCRIPT', 'DISCONNECTED']);
    expect(pushed.at(-1)?.message).toMatchObject(last(chatSessionId, '1'));
  });

  it('is followed by another chat of the same session', async () => {
    const user = newUser();
    const session = await CometdSession.subscribed(here, user);
    const first = await startCometChat(here, user);
    await here.post(chatPath(first.id, 'disconnect'));
    await session.untilEnd();
    const second = await startCometChat(there, user);
    const pushed = await session.until('the second start', (all) => all.length === 3);
    expect(pushed.at(-1)?.message).toMatchObject({ chatSessionId: second.sessionId, transcriptPosition: '1' });
  });
});

describe('a client that nobody knows', () => {
  const user = newUser();

  it.each([
    ['connect', { channel: '/meta/connect', connectionType: 'long-polling' }],
    ['subscribe', { channel: '/meta/subscribe', subscription: CHANNEL }],
    ['unsubscribe', { channel: '/meta/unsubscribe', subscription: CHANNEL }],
    ['publish', { channel: '/anywhere', data: {} }],
    ['disconnect', { channel: '/meta/disconnect' }],
  ])('is told 402 to its %s, and to shake hands', async (_name, message) => {
    for (const clientId of ['nobody', 'eurw5v1ezp5yn17z3cdrf3jxsc', undefined]) {
      expect(await askBayeux(here, { ...message, clientId, id: '7' }, { user })).toMatchObject([
        { id: '7', channel: message.channel, successful: false, error: '402::Unknown client', advice: HANDSHAKE_AGAIN },
      ]);
    }
  });

  it('is told so after its own disconnect, by every gateway', async () => {
    const session = await CometdSession.subscribed(here, user);
    expect(await session.disconnect()).toEqual({ channel: '/meta/disconnect', successful: true });
    for (const via of [here, there]) {
      expect(await session.connectInVain({ via })).toMatchObject([
        { error: '402::Unknown client', advice: HANDSHAKE_AGAIN },
      ]);
    }
  });
});

describe('what only the server may do', () => {
  it.each(['/**', '/*', '/_genesys/*', '/_genesys/**', '/meta/*', '/meta/connect', '/service/chat', '/other'])(
    'subscribing to %s is denied, alone or beside the one that is allowed',
    async (strange) => {
      const user = newUser();
      const session = await CometdSession.connected(here, user);
      for (const subscription of [strange, [CHANNEL, strange], [strange, CHANNEL]]) {
        expect(await session.ask({ channel: '/meta/subscribe', subscription, id: 's' }, there)).toEqual([
          {
            id: 's',
            channel: '/meta/subscribe',
            successful: false,
            error: `403:${strange}:subscribe_denied`,
            subscription,
          },
        ]);
      }
      await startCometChat(here, user);
      expect(await session.look()).toEqual([]);
    },
  );

  it.each([CHANNEL, '/service/chat', '/other'])('publishing to %s is denied, and reaches nobody', async (channel) => {
    const user = newUser();
    const [session, listener] = [
      await CometdSession.subscribed(here, user),
      await CometdSession.subscribed(there, user),
    ];
    expect(await session.ask({ channel, data: { message: 'made up' }, id: 'p' })).toEqual([
      { id: 'p', channel, successful: false, error: `403:${channel}:publish_denied` },
    ]);
    expect(await listener.look()).toEqual([]);
  });
});

describe('a user whom nobody names', () => {
  it.each([undefined, ''])('cannot shake hands: gms_user %j', async (user) => {
    expect(await askBayeux(here, { channel: '/meta/handshake', version: '1.0', id: '0' }, { user })).toEqual([
      {
        id: '0',
        channel: '/meta/handshake',
        successful: false,
        error: expect.stringMatching(/^403::/) as string,
        advice: { reconnect: 'none' },
      },
    ]);
  });

  it('cannot have his chat pushed: 415 names gms_user, and the chat has not begun', async () => {
    const id = await createService(here);
    const reply = await here.post(chatPath(id), { form: { notify_by: 'comet', firstName: 'Buzz' } });
    expect(expectStatus(reply, 415).json()).toMatchObject({
      message: expect.stringContaining('gms_user') as string,
      exception: expect.any(String) as string,
    });
    expectStatus(await here.post(chatPath(id, 'refresh')), 503);
  });

  it('can poll a chat', async () => {
    await startChat(here);
  });

  it('is the one who created the service', async () => {
    const user = newUser();
    const session = await CometdSession.subscribed(here, user);
    const id = await createService(here, { headers: userHeader(user) });
    chatBody(await there.post(chatPath(id), { form: { notify_by: 'comet', firstName: 'Buzz' } }));
    await session.until('the start', (pushed) => pushed.length === 1);
    expect(session.pushed[0]?.tag).toBe(`service.chat.refresh.${id}`);
  });

  it.each(['push', 'COMET', 'true'])('or anybody else cannot be notified by %s', async (notify_by) => {
    const reply = await startlessChat(notify_by);
    expect(expectStatus(reply, 415).json()).toMatchObject({ message: expect.stringContaining('notify_by') as string });
  });

  const startlessChat = async (notify_by: string) => {
    const user = newUser();
    const id = await createService(here, { headers: userHeader(user) });
    return here.post(chatPath(id), { form: { notify_by }, headers: userHeader(user) });
  };
});
