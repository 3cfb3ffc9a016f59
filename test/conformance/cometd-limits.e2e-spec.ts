import {
  askBayeux,
  type BayeuxReply,
  CometdSession,
  heldConnects,
  placed,
  pushedIn,
  untilHeld,
} from './cometd-session.js';
import { startCometChat, useCometdStack } from './cometd-stack.js';

/** Held connects of one user on a gateway, and Bayeux clients of one user: the defaults. */
const HELD_PER_USER = 4;
const CLIENTS_PER_USER = 10;
/** Handshakes of one user in ten seconds: the default. */
const HANDSHAKES_PER_10S = 10;

const handshake = { channel: '/meta/handshake', version: '1.0', id: 'h' };

describe('one user, with the shipped limits', () => {
  const { client, gateway, desk, newUser } = useCometdStack({ gateways: 2, workers: 0 });

  it('has as many connects held on a gateway as he may; one more releases the oldest, who is to take his time', async () => {
    const user = newUser();
    const sessions: CometdSession[] = [];
    for (let count = 0; count <= HELD_PER_USER; count += 1) {
      sessions.push(await CometdSession.subscribed(client(0), user, false));
    }
    const [other, elsewhere] = [
      await CometdSession.subscribed(client(0), newUser(), false),
      await CometdSession.subscribed(client(1), user, false),
    ];
    const otherHeld = await other.hold(gateway(0));
    const elsewhereHeld = await elsewhere.hold(gateway(1));
    const released: number[] = [];
    const held: Promise<readonly BayeuxReply[]>[] = [];
    for (const [index, session] of sessions.slice(0, HELD_PER_USER).entries()) {
      const { reply } = await session.hold(gateway(0));
      void reply.then(() => released.push(index));
      held.push(reply);
    }
    expect(released).toEqual([]);

    held.push(sessions[HELD_PER_USER]!.connect());
    expect(await held[0]).toEqual([
      {
        channel: '/meta/connect',
        successful: true,
        advice: { interval: expect.any(Number) as number, reconnect: 'retry', timeout: 60_000 },
      },
    ]);
    // Two who came back at once would release each other for ever.
    expect((await held[0])?.[0]?.advice?.interval).toBeGreaterThanOrEqual(1_000);
    await untilHeld(gateway(0), HELD_PER_USER + 1);
    expect(await heldConnects(gateway(1))).toBe(1);

    // None of them has lost anything.
    const chat = await startCometChat(client(0), user);
    await desk(chat).join();
    for (const [index, session] of sessions.entries()) {
      if (index > 0) await held[index];
      await session.untilEvents(1);
      expect(placed(session.pushed)).toEqual([[2, 'Notice.Joined', 'Monique', 'has joined the session']]);
    }
    await elsewhereHeld.reply;
    expect(released[0]).toBe(0);
    await other.disconnect();
    expect(pushedIn(await otherHeld.reply)).toEqual([]);
  });

  it('shakes hands as often as he may; once more is refused for a while, and costs him nothing', async () => {
    const [user, other] = [newUser(), newUser()];
    const session = await CometdSession.subscribed(client(0), user);
    for (let count = 1; count < HANDSHAKES_PER_10S; count += 1) {
      const [reply] = await askBayeux(client(count % 2), handshake, { user });
      expect(reply).toMatchObject({ successful: true });
    }
    for (const via of [client(0), client(1)]) {
      const [reply] = await askBayeux(via, handshake, { user });
      expect(reply).toMatchObject({
        id: 'h',
        channel: '/meta/handshake',
        successful: false,
        error: expect.stringMatching(/^403::/) as string,
        advice: { interval: expect.any(Number) as number, reconnect: 'handshake' },
      });
      expect(reply?.advice?.interval).toBeGreaterThanOrEqual(1_000);
      expect(reply).not.toHaveProperty('clientId');
    }
    // In one request as well.
    const refused = await askBayeux(
      client(0),
      Array.from({ length: 20 }, () => handshake),
      { user },
    );
    expect(refused.map(({ successful }) => successful)).toEqual(Array.from({ length: 20 }, () => false));
    await CometdSession.subscribed(client(0), other);
    const chat = await startCometChat(client(0), user);
    const pushed = await session.until('the start', (all) => all.length === 1);
    expect(pushed[0]?.message.chatSessionId).toBe(chat.sessionId);
  });
});

describe('one user who shakes hands often', () => {
  const { client, gateway, newUser } = useCometdStack({
    ...{ gateways: 2, workers: 0 },
    env: { COMET_HANDSHAKES_PER_10S: '100' },
  });

  it('has as many clients as he may; one more ends the oldest, which is told to shake hands', async () => {
    const user = newUser();
    const sessions: CometdSession[] = [];
    for (let count = 0; count < CLIENTS_PER_USER; count += 1) {
      // At one gateway: the clocks of two differ by some milliseconds.
      sessions.push(await CometdSession.subscribed(client(0), user));
    }
    const [oldest, ...others] = sessions;
    const held = await oldest!.hold(gateway(0));
    const newest = await CometdSession.subscribed(client(1), user);
    expect(await held.reply).toMatchObject([
      {
        channel: '/meta/connect',
        successful: false,
        error: '402::Unknown client',
        advice: { interval: 0, reconnect: 'handshake' },
      },
    ]);
    const chat = await startCometChat(client(0), user);
    for (const session of [...others, newest]) {
      const [start] = await session.until('the start', (pushed) => pushed.length === 1);
      expect(start?.message.chatSessionId).toBe(chat.sessionId);
    }
    expect(await oldest!.connectInVain({ via: client(1), holdMs: 0 })).toMatchObject([
      { error: '402::Unknown client' },
    ]);
  });
});
