import { waitFor } from '../support/http.js';
import { chatPath } from './customer.js';
import { CometdSession, placed, textsPushed } from './cometd-session.js';
import { startCometChat, useCometdStack } from './cometd-stack.js';

/** How long a client may take for its next connect in these tests, in milliseconds. */
const EXPIRE_MS = 1_000;

/** Where a user goes on: over two gateways, the one that told him never being the one that is asked next. */
const { client, desk, newUser } = useCometdStack({
  ...{ gateways: 2, workers: 0 },
  env: { COMET_EXPIRE_MS: String(EXPIRE_MS) },
});
const here = client(0);
const there = client(1);

/** Waits until a client has been forgotten. Publishing is always denied, in other words to a client that is known. */
const untilExpired = async (session: CometdSession): Promise<void> => {
  // Their clocks agree within some milliseconds.
  for (const gateway of [here, there]) {
    await waitFor('the client to expire', async () => {
      const [reply] = await session.ask({ channel: '/anywhere', data: {} }, gateway);
      return reply?.error === '402::Unknown client';
    });
  }
};

/** A chat of which a session has been told that the agent joined, at position 2, and two messages, at 3 and 4. */
const told = async (acknowledges = true) => {
  const user = newUser();
  const session = await CometdSession.subscribed(here, user, acknowledges);
  const chat = await startCometChat(here, user);
  const monique = desk(chat);
  await monique.join();
  for (const text of ['three', 'four']) await monique.say(text);
  await session.untilEvents(3);
  // The next connect says that they have come.
  await session.look();
  return { user, session, chat, monique };
};

describe('a new handshake of the same user', () => {
  it.each([true, false])('goes on after the last that was delivered, acknowledging: %s', async (acknowledges) => {
    const { user, session, chat, monique } = await told(acknowledges);
    await session.disconnect();
    await monique.say('five');
    await here.post(chatPath(chat.id, 'send'), { form: { message: 'six' } });
    const next = await CometdSession.subscribed(there, user, acknowledges);
    expect(placed(await next.untilEvents(2))).toEqual([
      [5, 'Message.Text', 'Monique', 'five'],
      [6, 'Message.Text', 'BuzzB', 'six'],
    ]);
    expect(await next.look()).toEqual([]);
  });

  it('goes on there too when the client vanished without a word', async () => {
    const { user, session, monique } = await told();
    await monique.say('five');
    await untilExpired(session);
    await monique.say('six');
    const next = await CometdSession.subscribed(there, user);
    expect(textsPushed(await next.untilEvents(2))).toEqual(['five', 'six']);
  });

  it('brings again what was sent and not acknowledged', async () => {
    const { user, session, monique } = await told();
    await monique.say('five');
    const lost = await session.connectInVain({ holdMs: 0 });
    expect(lost).toHaveLength(2);
    const next = await CometdSession.subscribed(there, user);
    const [again] = await next.untilEvents(1);
    expect(again).toEqual(lost[0]?.data);
  });

  it('brings a chat of which nobody was told from its start', async () => {
    const user = newUser();
    const chat = await startCometChat(here, user);
    await desk(chat).join();
    const session = await CometdSession.subscribed(there, user);
    const pushed = await session.untilEvents(1);
    expect(pushed[0]?.message).toMatchObject({ transcriptPosition: '1', transcriptToShow: [] });
    expect(placed(pushed)).toEqual([[2, 'Notice.Joined', 'Monique', 'has joined the session']]);
  });

  it('is told of an end that it missed, once', async () => {
    const { user, session, chat } = await told();
    await session.disconnect();
    await here.post(chatPath(chat.id, 'disconnect'));
    const next = await CometdSession.subscribed(there, user);
    expect((await next.untilEnd()).map(({ message }) => message.chatIxnState)).toEqual(['DISCONNECTED']);
    await next.look();
    await next.disconnect();
    expect(await (await CometdSession.subscribed(here, user)).look()).toEqual([]);
  });
});

describe('a disconnect with ext.transcriptPosition', () => {
  it.each([
    [0, ['three', 'four', 'five']],
    [1, ['three', 'four', 'five']],
    [2, ['three', 'four', 'five']],
    [3, ['four', 'five']],
    [4, ['five']],
    [5, []],
    [99, []],
  ])('at %i has a later subscription bring everything after it, once and in order', async (position, texts) => {
    const { user, session, monique } = await told();
    expect(await session.disconnect(position, there)).toMatchObject({ successful: true });
    await monique.say('five');
    const next = await CometdSession.subscribed(there, user);
    const again = await next.look(here);
    expect(textsPushed(again)).toEqual(texts);
    expect(placed(again).map(([at]) => at)).toEqual([2, 3, 4, 5].slice(Math.max(0, position - 1)));
    expect(await next.look()).toEqual([]);
    // Those who come later go on from there.
    await next.disconnect();
    expect(await (await CometdSession.subscribed(here, user)).look()).toEqual([]);
  });

  it.each([1, 3])('at %i is obeyed for a client that has expired, too', async (position) => {
    const { user, session, monique } = await told();
    await untilExpired(session);
    await monique.say('five');
    expect(await session.disconnect(position, there)).toMatchObject({
      successful: false,
      error: '402::Unknown client',
      advice: { reconnect: 'handshake' },
    });
    const next = await CometdSession.subscribed(there, user);
    expect(placed(await next.untilEvents(5 - position)).map(([at]) => at)).toEqual([2, 3, 4, 5].slice(position - 1));
    expect(await next.look()).toEqual([]);
  });

  it('puts the chat last delivered to that client, and no other', async () => {
    const { user, session, chat } = await told();
    const other = await startCometChat(here, user);
    await desk(other).join();
    await desk(other).say('other');
    await session.until('the other chat', (pushed) => textsPushed(pushed).includes('other'));
    await desk(chat).say('five');
    await session.until('the first chat', (pushed) => textsPushed(pushed).includes('five'));
    await session.look();
    await session.disconnect(3);
    const next = await CometdSession.subscribed(there, user);
    const pushed = await next.untilEvents(2);
    expect(textsPushed(pushed)).toEqual(['four', 'five']);
    expect(new Set(pushed.map(({ tag }) => tag))).toEqual(new Set([`service.chat.refresh.${chat.id}`]));
  });

  it('of a client that was told nothing puts the newest chat that goes on', async () => {
    const { user, session } = await told();
    const newer = await startCometChat(here, user);
    await desk(newer).join();
    await desk(newer).say('new three');
    await session.until('the newer chat', (pushed) => textsPushed(pushed).includes('new three'));
    await session.look();
    await session.disconnect();
    const idle = await CometdSession.connected(there, user);
    await idle.disconnect(1);
    const next = await CometdSession.subscribed(here, user);
    expect(textsPushed(await next.untilEvents(2))).toEqual(['new three']);
    expect(await next.look()).toEqual([]);
  });

  it('does not move the other sessions of the user', async () => {
    const { user, session, monique } = await told();
    const other = await CometdSession.subscribed(there, user);
    await session.disconnect(1);
    await monique.say('five');
    expect(textsPushed(await other.untilEvents(1))).toEqual(['five']);
  });

  it.each(['-1', '1.5', 'x', '', -1, 1.5, {}, [], true])('that is %j is refused and ends nothing', async (wrong) => {
    const session = await CometdSession.subscribed(here, newUser());
    const [reply] = await session.ask({ channel: '/meta/disconnect', ext: { transcriptPosition: wrong } });
    expect(reply).toMatchObject({ successful: false, error: expect.stringMatching(/^4\d\d:/) as string });
    expect(await session.look()).toEqual([]);
  });
});
