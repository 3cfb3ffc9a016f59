import { BayeuxLab, CHANNEL, CONNECT, type Json, USER } from './testing/bayeux-lab.js';

const ADVICE = { interval: 0, reconnect: 'retry', timeout: 60_000 };
const HANDSHAKE_AGAIN = { interval: 0, reconnect: 'handshake' };

describe('Bayeux as applications of CometD know it', () => {
  let lab: BayeuxLab;

  beforeEach(async () => {
    lab = await BayeuxLab.start();
  });

  afterEach(async () => {
    expect(lab.failures).toEqual([]);
    await lab.close();
  });

  describe('a handshake', () => {
    it('succeeds without supportedConnectionTypes', async () => {
      const reply = await lab.ask({ version: '1.0', minimumVersion: '0.9', channel: '/meta/handshake', id: '0' });
      expect(reply).toEqual({
        id: '0',
        channel: '/meta/handshake',
        successful: true,
        version: '1.0',
        minimumVersion: '1.0',
        supportedConnectionTypes: ['long-polling', 'callback-polling', 'websocket'],
        clientId: expect.stringMatching(/^[\w-]{22,}$/) as string,
        advice: ADVICE,
        ext: { ack: true },
      });
    });

    it('needs no version', async () => {
      expect(await lab.ask({ channel: '/meta/handshake' })).toMatchObject({ successful: true });
    });

    it('fails when no connection type is common', async () => {
      const reply = await lab.ask({ channel: '/meta/handshake', supportedConnectionTypes: ['eventsource'] });
      expect(reply).toMatchObject({ successful: false, advice: { reconnect: 'none' } });
      expect(reply['error']).toMatch(/^301:/);
      expect(reply).not.toHaveProperty('clientId');
    });

    it('is refused without a user', async () => {
      const reply = await lab.ask({ channel: '/meta/handshake', id: '1' }, { user: null });
      expect(reply).toEqual({
        id: '1',
        channel: '/meta/handshake',
        successful: false,
        error: expect.stringMatching(/^403::/) as string,
        advice: { reconnect: 'none' },
      });
    });

    it('is refused, for a while, to a user with too many clients', async () => {
      for (let clients = 0; clients < 10; clients += 1) await lab.handshake();
      expect(await lab.ask({ channel: '/meta/handshake' })).toMatchObject({
        successful: false,
        error: '403::too many clients',
        advice: { interval: 10_000, reconnect: 'handshake' },
      });
    });
  });

  describe('a connect', () => {
    it('is answered at once with advice the first time, without a clientId', async () => {
      const clientId = await lab.handshake();
      expect(await lab.ask(lab.connect(clientId, { id: '1' }))).toEqual({
        id: '1',
        channel: CONNECT,
        successful: true,
        advice: ADVICE,
      });
    });

    it('is answered at once with advice when it asks for that', async () => {
      const clientId = await lab.subscriber();
      expect(await lab.ask(lab.connect(clientId, { advice: { timeout: 0 } }))).toMatchObject({ advice: ADVICE });
    });

    it('is held later, for 55 s, and then says nothing new', async () => {
      const clientId = await lab.subscriber();
      const { reply } = await lab.hold(lab.connect(clientId, { id: '3' }));
      lab.time.advance(54_500);
      expect(lab.server.heldConnects).toBe(1);
      lab.time.advance(750);
      expect((await reply).messages).toEqual([{ id: '3', channel: CONNECT, successful: true }]);
      expect(lab.server.heldConnects).toBe(0);
      expect(lab.time.running).toBe(0);
    });

    it('is held shorter when the client says so', async () => {
      const clientId = await lab.subscriber();
      const { reply } = await lab.hold(lab.connect(clientId, { advice: { timeout: 5_000 } }));
      lab.time.advance(5_250);
      expect((await reply).messages).toEqual([{ channel: CONNECT, successful: true }]);
    });

    it('brings events before its reply in the same array', async () => {
      const clientId = await lab.subscriber();
      const { reply } = await lab.hold(lab.connect(clientId, { id: 7 }));
      lab.deliver('one');
      expect((await reply).messages).toEqual([
        { channel: CHANNEL, data: 'one' },
        { id: 7, channel: CONNECT, successful: true },
      ]);
    });

    it('may leave out its connection type, but not name one that is not served', async () => {
      const clientId = await lab.subscriber();
      const connect = { channel: CONNECT, clientId, advice: { timeout: 0 } };
      expect(await lab.ask(connect)).toMatchObject({ successful: true });
      expect(await lab.ask({ ...connect, connectionType: 'eventsource' })).toMatchObject({
        successful: false,
        error: '301:eventsource:Connection types not supported',
      });
    });

    it('inside a batch is never held, keeps its place, and brings events once', async () => {
      const clientId = await lab.handshake();
      await lab.ask(lab.connect(clientId));
      lab.deliver('one');
      const { messages } = await lab.post([
        { channel: '/meta/subscribe', clientId, subscription: CHANNEL, id: 'a' },
        lab.connect(clientId, { id: 'b' }),
        { channel: '/meta/unsubscribe', clientId, subscription: CHANNEL, id: 'c' },
        lab.connect(clientId, { id: 'd' }),
      ]);
      expect(messages.map(({ id, channel }) => id ?? channel)).toEqual(['a', CHANNEL, 'b', 'c', 'd']);
    });

    it('that a newer one took over from is answered, so that its client does not loop', async () => {
      const clientId = await lab.subscriber();
      const older = await lab.hold(lab.connect(clientId, { id: '1' }));
      const newer = await lab.hold(lab.connect(clientId, { id: '2' }));
      const { status, messages } = await older.reply;
      expect(status).toBe(200);
      expect(messages).toMatchObject([{ id: '1', successful: false, advice: { reconnect: 'none' } }]);
      lab.deliver('one');
      expect((await newer.reply).messages).toMatchObject([{ data: 'one' }, { id: '2' }]);
    });

    it('of an unknown client is told to handshake', async () => {
      for (const message of [lab.connect('nobody'), { channel: CONNECT, connectionType: 'long-polling' }]) {
        expect(await lab.ask({ ...message, id: '1' })).toEqual({
          id: '1',
          channel: CONNECT,
          successful: false,
          error: '402::Unknown client',
          advice: HANDSHAKE_AGAIN,
        });
      }
    });

    it('whose client is lost while it is held is told to handshake', async () => {
      const clientId = await lab.subscriber();
      const { reply } = await lab.hold(lab.connect(clientId));
      lab.engine.expire(clientId);
      expect((await reply).messages).toMatchObject([{ error: '402::Unknown client', advice: HANDSHAKE_AGAIN }]);
    });

    it("of another user's client is one of an unknown client, and costs its owner nothing", async () => {
      const clientId = await lab.subscriber();
      const { reply } = await lab.hold(lab.connect(clientId));
      const thief = { user: 'Mallory' };
      const attempts: Json[] = [
        lab.connect(clientId),
        lab.connect(clientId, { ext: { ack: 1 } }),
        { channel: '/meta/subscribe', clientId, subscription: CHANNEL },
        { channel: '/meta/subscribe', clientId, subscription: '/**' },
        { channel: '/meta/unsubscribe', clientId, subscription: CHANNEL },
        { channel: CHANNEL, clientId, data: {} },
        { channel: '/meta/disconnect', clientId, ext: { transcriptPosition: '0' } },
      ];
      for (const attempt of attempts) {
        expect(await lab.ask(attempt, thief)).toMatchObject({ successful: false, error: '402::Unknown client' });
        expect(await lab.ask(attempt, { user: null })).toMatchObject({ error: '402::Unknown client' });
      }
      lab.deliver('one');
      expect((await reply).messages).toMatchObject([{ data: 'one' }, { successful: true }]);
    });
  });

  describe('advice', () => {
    it('is not repeated, but told again after a while, as clients keep it', async () => {
      const clientId = await lab.subscriber({ ext: { ack: true } });
      const ask = async (text: string): Promise<unknown> => {
        const { reply } = await lab.hold(lab.connect(clientId));
        lab.deliver(text);
        return (await reply).messages.at(-1)?.['advice'];
      };
      expect(await ask('one')).toBeUndefined();
      lab.time.advance(130_000);
      expect(await ask('two')).toEqual(ADVICE);
      expect(await ask('three')).toBeUndefined();
    });
  });

  describe('a subscription', () => {
    it('is echoed as a string, or as an array', async () => {
      const clientId = await lab.handshake();
      const subscribe = { channel: '/meta/subscribe', clientId, id: '2' };
      for (const subscription of [CHANNEL, [CHANNEL]]) {
        expect(await lab.ask({ ...subscribe, subscription })).toEqual({
          id: '2',
          channel: '/meta/subscribe',
          successful: true,
          subscription,
        });
      }
    });

    it('that is missing is refused', async () => {
      const clientId = await lab.handshake();
      for (const more of [{}, { subscription: [] }, { subscription: null }]) {
        expect(await lab.ask({ channel: '/meta/subscribe', clientId, ...more })).toMatchObject({
          successful: false,
          error: '403::subscription_missing',
        });
      }
    });

    it.each(['/**', '/*', '/_genesys/**', '/_genesys/x', '/meta/connect', '/service/x', '/other', 'no channel', ''])(
      'to %j is denied, alone or beside an allowed one',
      async (subscription) => {
        const clientId = await lab.handshake();
        await lab.ask(lab.connect(clientId));
        for (const wanted of [subscription, [CHANNEL, subscription]]) {
          expect(await lab.ask({ channel: '/meta/subscribe', clientId, subscription: wanted })).toMatchObject({
            successful: false,
            error: `403:${subscription}:subscribe_denied`,
            subscription: wanted,
          });
        }
        lab.deliver('one');
        expect(await lab.ask(lab.connect(clientId, { advice: { timeout: 0 } }))).toMatchObject({ successful: true });
      },
    );

    it('of an unknown client is told to handshake', async () => {
      const message = { channel: '/meta/subscribe', clientId: 'nobody', subscription: CHANNEL };
      expect(await lab.ask(message)).toMatchObject({ error: '402::Unknown client', advice: HANDSHAKE_AGAIN });
    });

    it('ends', async () => {
      const clientId = await lab.subscriber();
      const unsubscribe = { channel: '/meta/unsubscribe', clientId };
      for (const subscription of [CHANNEL, '/other']) {
        expect(await lab.ask({ ...unsubscribe, subscription })).toMatchObject({ successful: true, subscription });
      }
      expect(await lab.ask(unsubscribe)).toMatchObject({ successful: false, error: '403::subscription_missing' });
      lab.deliver('one');
      expect(await lab.ask(lab.connect(clientId, { advice: { timeout: 0 } }))).toMatchObject({ successful: true });
    });
  });

  describe('a publication', () => {
    it.each([CHANNEL, '/service/x', '/other', 'no channel'])('to %j is denied', async (channel) => {
      const clientId = await lab.subscriber();
      expect(await lab.ask({ channel, clientId, data: { text: 'x' }, id: '9' })).toEqual({
        id: '9',
        channel,
        successful: false,
        error: `403:${channel}:publish_denied`,
      });
      expect(await lab.ask(lab.connect(clientId, { advice: { timeout: 0 } }))).toMatchObject({ successful: true });
    });

    it('of nobody is told to handshake', async () => {
      expect(await lab.ask({ channel: CHANNEL, data: {} })).toMatchObject({ error: '402::Unknown client' });
    });
  });

  it('refuses meta channels that there are not', async () => {
    expect(await lab.ask({ channel: '/meta/status' })).toMatchObject({
      successful: false,
      error: '403:/meta/status:Forbidden channel',
    });
  });

  it.each([0, 7, 1.5, -1, '', '0', 'x'])('echoes the id %j as it was sent', async (id) => {
    expect(await lab.ask({ channel: '/meta/handshake', id })).toMatchObject({ id });
    expect(await lab.ask({ ...lab.connect('nobody'), id })).toMatchObject({ id });
  });

  it('takes no word of a client for an error of its own', async () => {
    expect(await lab.ask({ channel: '/meta/handshake', error: '500::made up', successful: false })).toMatchObject({
      successful: true,
    });
  });

  describe('a disconnect', () => {
    it('ends the client', async () => {
      const clientId = await lab.subscriber();
      expect(await lab.ask({ channel: '/meta/disconnect', clientId, id: '5' })).toEqual({
        id: '5',
        channel: '/meta/disconnect',
        successful: true,
      });
      expect(await lab.ask(lab.connect(clientId))).toMatchObject({ error: '402::Unknown client' });
    });

    it.each(['here', 'elsewhere'])('%s ends a held connect without a failure', async (where) => {
      const clientId = await lab.subscriber();
      const { reply } = await lab.hold(lab.connect(clientId, { id: 'c' }));
      if (where === 'here') await lab.ask({ channel: '/meta/disconnect', clientId });
      else await lab.engine.disconnect(clientId, USER, undefined);
      expect((await reply).messages).toEqual([
        { id: 'c', channel: CONNECT, successful: true, advice: { reconnect: 'none' } },
      ]);
    });

    it.each(['1', 1])('with transcriptPosition %j says where the next client goes on', async (transcriptPosition) => {
      const clientId = await lab.subscriber({ ext: { ack: true } });
      for (const text of ['one', 'two', 'three']) lab.deliver(text);
      await lab.post(lab.connect(clientId, { ext: { ack: 0 } }));
      const now = { advice: { timeout: 0 } };
      expect((await lab.post(lab.connect(clientId, { ext: { ack: 1 }, ...now }))).messages).toHaveLength(1);
      await lab.ask({ channel: '/meta/disconnect', clientId, ext: { transcriptPosition } });
      const next = await lab.subscriber();
      const { messages } = await lab.post(lab.connect(next));
      expect(messages.map(({ data }) => data).slice(0, -1)).toEqual(['two', 'three']);
    });

    it('of a client that has expired puts the place, too', async () => {
      lab.deliver('one');
      const clientId = await lab.subscriber();
      await lab.post(lab.connect(clientId));
      await lab.until('the batch to be committed', () => lab.engine.connectsOf(clientId) === 2);
      lab.engine.expire(clientId);
      const disconnect = { channel: '/meta/disconnect', clientId, ext: { transcriptPosition: '0' } };
      expect(await lab.ask(disconnect)).toMatchObject({ successful: false, error: '402::Unknown client' });
      expect((await lab.post(lab.connect(await lab.subscriber()))).messages).toHaveLength(2);
    });

    it.each(['-1', '1.5', 'x', '', -1, 1.5, 1e300, {}, [], true, '9'.repeat(400)])(
      'with transcriptPosition %j is refused, and changes nothing',
      async (transcriptPosition) => {
        const clientId = await lab.subscriber();
        expect(await lab.ask({ channel: '/meta/disconnect', clientId, ext: { transcriptPosition } })).toMatchObject({
          successful: false,
          error: expect.stringMatching(/^400::/) as string,
        });
        expect(await lab.engine.userOf(clientId)).toBe(USER);
      },
    );
  });

  describe('acknowledgement', () => {
    it('gives every successful connect of such a client a number, and a batch again until it is acknowledged', async () => {
      const clientId = await lab.handshake({ ext: { ack: true } });
      expect(await lab.ask(lab.connect(clientId, { ext: { ack: -1 } }))).toMatchObject({ ext: { ack: 0 } });
      await lab.ask({ channel: '/meta/subscribe', clientId, subscription: CHANNEL });
      lab.deliver('one');
      const first = await lab.post(lab.connect(clientId, { ext: { ack: 0 } }));
      expect(first.messages).toMatchObject([{ data: 'one' }, { ext: { ack: 1 } }]);
      lab.deliver('two');
      expect((await lab.post(lab.connect(clientId, { ext: { ack: 0 } }))).text).toBe(first.text);
      const second = await lab.post(lab.connect(clientId, { ext: { ack: 1 } }));
      expect(second.messages).toMatchObject([{ data: 'two' }, { ext: { ack: 2 } }]);
      const { reply } = await lab.hold(lab.connect(clientId, { ext: { ack: 2 } }));
      lab.time.advance(56_000);
      expect((await reply).messages).toMatchObject([{ successful: true, ext: { ack: 2 } }]);
    });

    it('gives other clients no number, and a batch once when its reply has been written', async () => {
      const clientId = await lab.subscriber();
      lab.deliver('one');
      expect((await lab.post(lab.connect(clientId))).messages).toEqual([
        { channel: CHANNEL, data: 'one' },
        { channel: CONNECT, successful: true },
      ]);
      const { reply } = await lab.hold(lab.connect(clientId));
      lab.deliver('two');
      expect((await reply).messages).toMatchObject([{ data: 'two' }, { successful: true }]);
    });

    it('loses nothing when a poll is aborted', async () => {
      const clientId = await lab.subscriber();
      const controller = new AbortController();
      const { reply } = await lab.hold(lab.connect(clientId), { signal: controller.signal });
      controller.abort();
      await expect(reply).rejects.toThrow('aborted');
      await lab.until('the hold to end', () => lab.server.heldConnects === 0);
      lab.deliver('one');
      lab.deliver('two');
      expect((await lab.post(lab.connect(clientId))).messages).toMatchObject([{ data: 'one' }, { data: 'two' }, {}]);
    });
  });

  describe('held connects of one user', () => {
    it('are four: one more releases the oldest, slowly', async () => {
      const clients = [];
      for (let count = 0; count < 5; count += 1) clients.push(await lab.subscriber());
      const replies = [];
      for (const clientId of clients.slice(0, 4)) replies.push((await lab.hold(lab.connect(clientId))).reply);
      const fifth = lab.post(lab.connect(clients[4] ?? ''));
      expect((await replies[0])?.messages).toEqual([
        { channel: CONNECT, successful: true, advice: { interval: 2_000, reconnect: 'retry', timeout: 60_000 } },
      ]);
      await lab.until('the fifth to be held', () => lab.server.heldConnects === 4);
      lab.deliver('one');
      for (const reply of [...replies.slice(1), fifth]) expect((await reply).messages).toHaveLength(2);
    });

    it('do not count for others', async () => {
      for (let count = 0; count < 6; count += 1) {
        const sent = { user: `user-${count}` };
        await lab.hold(lab.connect(await lab.subscriber({}, sent)), sent);
      }
      expect(lab.server.heldConnects).toBe(6);
    });
  });

  describe('a gateway that drains', () => {
    it('answers held connects at once with time to come back, and holds no more', async () => {
      const clientId = await lab.subscriber();
      const { reply } = await lab.hold(lab.connect(clientId));
      const drained = lab.server.drain();
      const advice = { interval: 1_000, reconnect: 'retry', timeout: 60_000 };
      const { messages, headers } = await reply;
      expect(messages).toEqual([{ channel: CONNECT, successful: true, advice }]);
      expect(headers['connection']).toBe('close');
      await drained;
      expect(await lab.ask(lab.connect(clientId))).toEqual({ channel: CONNECT, successful: true, advice });
      lab.deliver('one');
      expect((await lab.post(lab.connect(clientId))).messages).toHaveLength(2);
    });

    it('has drained at once when nothing is held', async () => {
      await expect(lab.server.drain()).resolves.toBeUndefined();
    });
  });
});

describe('Bayeux with other settings', () => {
  it('answers a connect that was taken over from with a status of its own', async () => {
    const lab = await BayeuxLab.start({ supersededStatus: 500 });
    const clientId = await lab.subscriber();
    const older = await lab.hold(lab.connect(clientId));
    await lab.hold(lab.connect(clientId));
    expect(await older.reply).toMatchObject({ status: 500, text: '' });
    await lab.close();
  });

  it('serves only the connection types that it names', async () => {
    const lab = await BayeuxLab.start({ connectionTypes: ['long-polling'] });
    const reply = await lab.ask({
      channel: '/meta/handshake',
      supportedConnectionTypes: ['websocket', 'long-polling'],
    });
    expect(reply).toMatchObject({ successful: true, supportedConnectionTypes: ['long-polling'] });
    await lab.close();
  });

  it('finds the user of later requests by the client, where the policy says so', async () => {
    const lab = await BayeuxLab.start({ userPolicy: 'handshake' });
    const clientId = await lab.handshake();
    const nameless = { user: null };
    await lab.ask(lab.connect(clientId), nameless);
    await lab.ask({ channel: '/meta/subscribe', clientId, subscription: CHANNEL }, nameless);
    lab.deliver('one');
    expect((await lab.post(lab.connect(clientId), nameless)).messages).toHaveLength(2);
    expect(await lab.ask(lab.connect(clientId), { user: 'Mallory' })).toMatchObject({ error: '402::Unknown client' });
    expect(await lab.ask(lab.connect('nobody'), nameless)).toMatchObject({ error: '402::Unknown client' });
    expect(await lab.ask({ channel: '/meta/handshake' }, nameless)).toMatchObject({ advice: { reconnect: 'none' } });
    await lab.close();
  });
});
