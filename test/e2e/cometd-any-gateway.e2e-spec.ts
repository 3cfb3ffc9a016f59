import { once } from 'node:events';
import { Agent, type ClientRequest, request as httpRequest } from 'node:http';
import { chatPath, textsOf } from '../conformance/customer.js';
import {
  askBayeux,
  type BayeuxReply,
  CHANNEL,
  COMETD,
  CometdSession,
  heldConnects,
  placed,
  pushedIn,
  textsPushed,
  untilHeld,
  userHeader,
} from '../conformance/cometd-session.js';
import { startCometChat, useCometdStack } from '../conformance/cometd-stack.js';
import { CometdSocket } from '../conformance/cometd-websocket.js';
import { HttpClient } from '../support/http.js';

/** A connect that a newer one takes over from is answered within this time, in milliseconds; it takes a few. */
const RELEASE_LIMIT_MS = 1_000;
/** A gateway that is told to stop has gone within this time, in milliseconds. */
const STOP_LIMIT_MS = 10_000;
/** Clients of a gateway that stops come back spread over this time, in milliseconds. */
const DRAIN_INTERVAL_MS = 2_000;

/** A gateway that has not spoken to a client yet tells it the advice. */
const withoutAdvice = (replies: readonly BayeuxReply[]): readonly BayeuxReply[] =>
  replies.map(({ advice: _, ...reply }) => reply);

/** The POST of a message, of which the server has seen no more than the head. */
const begun = async (url: string, path: string, headers: Readonly<Record<string, string>>, body: string) => {
  const { hostname, port } = new URL(url);
  const sent: ClientRequest = httpRequest({
    // As proxies do, it keeps its connection.
    ...{ hostname, port, path, method: 'POST', agent: new Agent({ keepAlive: true }) },
    headers: { ...headers, 'Content-Length': String(Buffer.byteLength(body)), Expect: '100-continue' },
  });
  sent.flushHeaders();
  await once(sent, 'continue');
  return {
    finish: async (): Promise<number> => {
      sent.end(body);
      const [reply] = (await once(sent, 'response')) as [{ statusCode?: number; resume: () => void }];
      reply.resume();
      return reply.statusCode ?? 0;
    },
  };
};

/** A connect whose client hangs up. */
const sendConnect = (url: string, session: CometdSession): ClientRequest => {
  const { hostname, port } = new URL(url);
  const sent = httpRequest({
    ...{ hostname, port, path: COMETD, method: 'POST' },
    headers: { 'Content-Type': 'application/json', ...userHeader(session.user) },
  });
  // It is we who hang up.
  sent.on('error', () => undefined);
  sent.end(JSON.stringify(session.connectMessage()));
  return sent;
};

describe('three gateways', () => {
  const { client, gateway, desk, newUser } = useCometdStack({ gateways: 3, workers: 0 });

  it('know one client: handshake at the first, subscribe at the second, connect at the third', async () => {
    const user = newUser();
    const [handshake] = await askBayeux(client(0), { channel: '/meta/handshake', ext: { ack: true } }, { user });
    const clientId = handshake?.clientId;
    const subscribe = { channel: '/meta/subscribe', clientId, subscription: CHANNEL };
    expect(await askBayeux(client(1), subscribe, { user })).toMatchObject([{ successful: true }]);
    const connect = (ack: number) => ({
      ...{ channel: '/meta/connect', clientId, connectionType: 'long-polling', ext: { ack } },
    });
    expect(await askBayeux(client(2), connect(0), { user })).toMatchObject([
      { successful: true, advice: { reconnect: 'retry' }, ext: { ack: 0 } },
    ]);
    const chat = await startCometChat(client(0), user);
    await desk(chat).join();
    const replies = await askBayeux(client(1), connect(0), { user });
    expect(placed(pushedIn(replies))).toEqual([[2, 'Notice.Joined', 'Monique', 'has joined the session']]);
    await desk(chat).say('hi');
    const [pushed, reply] = await askBayeux(client(2), connect(1), { user });
    expect(textsPushed(pushedIn([pushed!]))).toEqual(['hi']);
    expect(reply).toMatchObject({ successful: true, ext: { ack: 2 } });
    const disconnect = { channel: '/meta/disconnect', clientId };
    expect(await askBayeux(client(0), disconnect, { user })).toMatchObject([{ successful: true }]);
    expect(await askBayeux(client(2), connect(2), { user })).toMatchObject([{ error: '402::Unknown client' }]);
  });

  it.each([
    ['another gateway', 1],
    ['the same gateway', 0],
  ])(
    'release a held connect when a newer one comes to %s, and its client need not come again',
    async (_name, newer) => {
      const user = newUser();
      const session = await CometdSession.subscribed(client(0), user);
      const chat = await startCometChat(client(0), user);
      await session.until('the start', (pushed) => pushed.length === 1);
      await session.look();
      const older = await session.hold(gateway(0));
      const startMs = performance.now();
      let tookMs = Number.POSITIVE_INFINITY;
      const released = older.reply.then((replies) => {
        tookMs = performance.now() - startMs;
        return replies;
      });
      const next = session.connect({ via: client(newer) });
      expect(await released).toEqual([
        {
          channel: '/meta/connect',
          successful: false,
          error: expect.any(String) as string,
          advice: { reconnect: 'none' },
        },
      ]);
      expect(tookMs).toBeLessThan(RELEASE_LIMIT_MS);
      await desk(chat).join();
      expect(placed(pushedIn(await next))).toEqual([[2, 'Notice.Joined', 'Monique', 'has joined the session']]);
    },
  );

  it('release a connect that a websocket took over from', async () => {
    const user = newUser();
    const session = await CometdSession.subscribed(client(0), user);
    const older = await session.hold(gateway(0));
    const socket = await CometdSocket.open(gateway(2).url, { user });
    socket.send({ ...session.connectMessage(), connectionType: 'websocket' });
    expect(await older.reply).toMatchObject([{ successful: false, advice: { reconnect: 'none' } }]);
    const chat = await startCometChat(client(1), user);
    expect(pushedIn(await socket.next()).map(({ tag }) => tag)).toEqual([`service.chat.refresh.${chat.id}`]);
    socket.close();
  });

  describe.each([true, false])('told that a poll was aborted, acknowledging: %s', (acknowledges) => {
    it('lose nothing of what comes after', async () => {
      const user = newUser();
      const session = await CometdSession.subscribed(client(0), user, acknowledges);
      const chat = await startCometChat(client(0), user);
      await session.until('the start', (pushed) => pushed.length === 1);
      const monique = desk(chat);
      await monique.join();
      await session.untilEvents(1);
      await session.look();
      for (const [index, at] of [0, 1, 2, 0].entries()) {
        const poll = sendConnect(gateway(at).url, session);
        await untilHeld(gateway(at), 1);
        poll.destroy();
        await untilHeld(gateway(at), 0);
        await monique.say(`${index} a`);
        await monique.say(`${index} b`);
        await session.untilEvents(1 + 2 * (index + 1), [client((at + 1) % 3)]);
      }
      expect(textsPushed(session.pushed)).toEqual([0, 1, 2, 3].flatMap((index) => [`${index} a`, `${index} b`]));
    });
  });

  it('lose nothing when a poll is aborted just when something comes, and show nothing twice', async () => {
    const user = newUser();
    const session = await CometdSession.subscribed(client(0), user);
    const chat = await startCometChat(client(0), user);
    const monique = desk(chat);
    await monique.join();
    await session.untilEvents(1);
    const texts = Array.from({ length: 20 }, (_, index) => `message ${index}`);
    for (const [index, text] of texts.entries()) {
      const at = index % 3;
      const poll = sendConnect(gateway(at).url, session);
      await untilHeld(gateway(at), 1);
      const said = monique.say(text);
      poll.destroy();
      await said;
      await session.untilEvents(2 + index, [client((at + 1) % 3)]);
      // Says that it has come, so that the next one is held.
      expect(await session.look()).toEqual([]);
    }
    expect(textsPushed(session.pushed)).toEqual(texts);
  });

  it('send a batch again, with the same number and the same ids, until it is acknowledged', async () => {
    const user = newUser();
    const session = await CometdSession.subscribed(client(0), user);
    const chat = await startCometChat(client(0), user);
    await session.until('the start', (pushed) => pushed.length === 1);
    const monique = desk(chat);
    await monique.join();
    const first = await session.connectInVain({ via: client(0) });
    await monique.say('later');
    for (const via of [client(1), client(2), client(0)]) {
      expect(withoutAdvice(await session.connectInVain({ via }))).toEqual(withoutAdvice(first));
    }
    session.take(first);
    expect(textsPushed(await session.look(client(1)))).toEqual(['later']);
  });
});

describe('a gateway that is told to stop', () => {
  const { client, gateway, desk, newUser } = useCometdStack({ gateways: 2, workers: 0 });

  it('answers what it holds at once, finishes what it writes, and exits with 0', async () => {
    const sessions = await Promise.all(
      Array.from({ length: 8 }, (_, index) => CometdSession.subscribed(client(0), newUser(), index % 2 === 0)),
    );
    const [first] = sessions;
    const chat = await startCometChat(client(0), first?.user ?? '');
    await first?.until('the start', (pushed) => pushed.length === 1);
    await first?.look();
    const socketUser = newUser();
    const onSocket = await CometdSession.subscribed(client(0), socketUser);
    const socket = await CometdSocket.open(gateway(0).url, { user: socketUser });

    const replies = sessions.map((session) => session.connect());
    socket.send({ ...onSocket.connectMessage(), connectionType: 'websocket' });
    await untilHeld(gateway(0), 9);
    const write = await begun(
      gateway(0).url,
      chatPath(chat.id, 'send'),
      { 'Content-Type': 'application/x-www-form-urlencoded' },
      'message=begun+before',
    );

    const startMs = performance.now();
    const stopped = gateway(0).stop();
    const answered = await Promise.all(replies);
    expect(performance.now() - startMs).toBeLessThan(RELEASE_LIMIT_MS);
    const last = (await socket.next()).at(-1);
    expect(await socket.closed).toBe(1001);
    expect(await write.finish()).toBe(200);
    expect(await stopped).toBe(0);
    expect(performance.now() - startMs).toBeLessThan(STOP_LIMIT_MS);

    const connects = [...answered.map((all) => all.at(-1)), last] as readonly BayeuxReply[];
    const intervals = connects.map(({ advice }) => advice?.interval ?? -1);
    for (const [index, { channel, successful, advice }] of connects.entries()) {
      expect({ channel, successful, reconnect: advice?.reconnect }).toEqual({
        ...{ channel: '/meta/connect', successful: true, reconnect: 'retry' },
      });
      expect(intervals[index]).toBeGreaterThanOrEqual(0);
      expect(intervals[index]).toBeLessThanOrEqual(DRAIN_INTERVAL_MS);
    }
    // Nine that all came back at the same time would be one in a million.
    expect(new Set(intervals).size).toBeGreaterThan(1);

    // They come back at the other one, are told not to wait any longer, and go on.
    const [reply] = await first!.connect({ via: client(1), holdMs: 0 }).then((all) => all.slice(-1));
    expect(reply).toMatchObject({ successful: true, advice: { interval: 0, reconnect: 'retry' } });
    await desk(chat).join();
    expect(textsPushed(await first!.untilEvents(2, [client(1)]))).toEqual(['begun before']);
    expect(textsOf(await desk(chat).transcript())).toEqual(['begun before']);
    expect(gateway(0).logs()).not.toMatch(/"level":(?:50|60|"error"|"fatal")|unhandled|uncaught/i);
  });
});

describe('a gateway that is killed', () => {
  const { client, gateway, desk, newUser } = useCometdStack({ gateways: 2, workers: 0 });

  it('takes nothing with it', async () => {
    const users = Array.from({ length: 4 }, newUser);
    const [lost, holding, simple, socketed] = await Promise.all(
      users.map((user, index) => CometdSession.subscribed(client(0), user, index !== 2)),
    );
    if (lost === undefined || holding === undefined || simple === undefined || socketed === undefined) {
      throw new Error('four sessions were asked for');
    }
    const sessions = [lost, holding, simple, socketed];
    const chats = await Promise.all(sessions.map(({ user }) => startCometChat(client(0), user)));
    for (const [index, session] of sessions.entries()) {
      await desk(chats[index]!).join();
      await session.untilEvents(1);
      await session.look();
    }
    const sayAll = async (text: string): Promise<void> => {
      await Promise.all(chats.map((chat) => desk(chat).say(text)));
    };

    await sayAll('one');
    await sayAll('two');
    const before = await lost.connectInVain();
    expect(textsPushed(pushedIn(before))).toEqual(['one', 'two']);
    await holding.untilEvents(3);
    const held = await holding.hold(gateway(0));
    const toSimple = pushedIn(await simple.connect());
    const socket = await CometdSocket.open(gateway(0).url, { user: socketed.user });
    const frame = await socket.ask({ ...socketed.connectMessage(), connectionType: 'websocket' });
    const heldAtDeath = await heldConnects(gateway(0));

    await gateway(0).kill();
    await expect(held.reply).rejects.toThrow();
    expect(heldAtDeath).toBe(1);
    await sayAll('three');

    // The reply was lost: the very same batch comes again.
    expect(withoutAdvice(await lost.connect({ via: client(1) }))).toEqual(withoutAdvice(before));
    expect(textsPushed(await lost.look(client(1)))).toEqual(['three']);
    // So was that of the websocket, since nothing acknowledged it.
    expect(withoutAdvice(await socketed.connect({ via: client(1) }))).toEqual(withoutAdvice(frame));
    expect(textsPushed(await socketed.look(client(1)))).toEqual(['three']);
    // Nothing was under way.
    await holding.connect({ via: client(1) });
    expect(textsPushed(holding.pushed)).toEqual(['one', 'two', 'three']);
    // What was under way may come again, as it was, to those that do not acknowledge; nothing else does.
    const rest = await simple.until('what came last', (all) => textsPushed(all).includes('three'), [client(1)]);
    const again = rest.slice(rest.indexOf(toSimple.at(-1)!) + 1, -1);
    for (const data of again) expect(toSimple).toContainEqual(data);
    expect([...new Set(textsPushed(rest))]).toEqual(['one', 'two', 'three']);
    expect(await simple.look(client(1))).toEqual([]);
    socket.close();
  });

  it('is not missed by those who shake hands elsewhere', async () => {
    const other = new HttpClient(gateway(1).url);
    const session = await CometdSession.subscribed(other, newUser());
    const chat = await startCometChat(other, session.user);
    await desk(chat).join();
    await session.untilEvents(1);
    other.close();
  });
});
