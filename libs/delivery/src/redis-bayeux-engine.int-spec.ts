import { DeliveryLab, textsOf, told } from './testing/delivery-lab.js';

describe.each([
  ['lives with its user', true],
  ['was created before its user was known', false],
])('delivery of a chat that %s', (_, isAtHome) => {
  let lab: DeliveryLab;

  beforeEach(async () => {
    lab = new DeliveryLab(`user-${Math.floor(performance.now() * 1_000)}`, isAtHome);
    await lab.startChat();
  });

  afterEach(() => {
    lab.close();
  });

  it('begins with the start of the chat, and not before its reply is out', async () => {
    const client = await lab.client();
    await lab.chats.bind(lab.serviceId, lab.user, 60_000);
    await lab.say('early');
    expect(await lab.connect(0, client, 0, { isImmediate: true })).toEqual({ outcome: 'nothing', batch: 0 });
    const held = lab.connect(0, client, 0);
    await lab.chats.bind(lab.serviceId, lab.user);
    expect(
      told(await held).map(({ message }) => [message.transcriptPosition, message.transcriptToShow.length]),
    ).toEqual([
      ['1', 0],
      ['2', 1],
    ]);
  });

  it('wakes a held connect on any gateway', async () => {
    const client = await lab.client();
    await lab.chats.bind(lab.serviceId, lab.user);
    await lab.connect(0, client, 0, { isImmediate: true });
    const held = lab.connect(1, client, 1);
    await lab.say('hi');
    expect(textsOf(await held)).toEqual(['hi']);
  });

  it('sends a batch again, the very same, until it is acknowledged', async () => {
    const client = await lab.client();
    await lab.chats.bind(lab.serviceId, lab.user);
    const first = await lab.connect(0, client, 0);
    await lab.say('meanwhile');
    expect(await lab.connect(1, client, 0)).toEqual(first);
    const second = await lab.connect(1, client, 1);
    expect(second).toMatchObject({ outcome: 'delivered', batch: 2 });
    expect(textsOf(second)).toEqual(['meanwhile']);
  });

  it('commits a batch of a client without acknowledgement when it has been written', async () => {
    const client = await lab.client();
    await lab.chats.bind(lab.serviceId, lab.user);
    const first = await lab.connect(0, client);
    expect(await lab.connect(1, client)).toEqual(first);
    await lab[1].written(client, lab.user, 1);
    await lab.say('next');
    expect(textsOf(await lab.connect(0, client))).toEqual(['next']);
  });

  it('ends an older connect when a newer one comes, wherever', async () => {
    const client = await lab.client();
    const older = lab.connect(0, client, 0);
    const newer = lab.connect(1, client, 0);
    expect(await older).toEqual({ outcome: 'superseded' });
    await lab.chats.bind(lab.serviceId, lab.user);
    expect(await newer).toMatchObject({ outcome: 'delivered' });
  });

  it('tells every client of the user, and nobody else', async () => {
    const clients = [await lab.client(), await lab.client()];
    const stranger = await lab.client('stranger');
    await lab.chats.bind(lab.serviceId, lab.user);
    await lab.say('hi');
    for (const client of clients) expect(textsOf(await lab.connect(0, client, 0))).toEqual(['hi']);
    const asStranger = { isImmediate: true, user: 'stranger' };
    expect(await lab.connect(0, stranger, 0, asStranger)).toMatchObject({ outcome: 'nothing' });
    expect(await lab.connect(0, clients[0] ?? '', 0, asStranger)).toEqual({ outcome: 'unknown-client' });
  });

  it('goes on after the last committed event with a new client, or where the old one said', async () => {
    const old = await lab.client();
    await lab.chats.bind(lab.serviceId, lab.user);
    await lab.say('one');
    await lab.connect(0, old, 0);
    await lab.connect(0, old, 1, { isImmediate: true });
    await lab.say('two');
    expect(textsOf(await lab.connect(1, await lab.client(), 0))).toEqual(['two']);
    expect(await lab[0].disconnect(old, lab.user, 1)).toBe(true);
    expect(await lab[0].disconnect(old, lab.user, 1)).toBe(false);
    expect(textsOf(await lab.connect(1, await lab.client(), 0))).toEqual(['one', 'two']);
  });

  it('tells the end of a chat', async () => {
    const client = await lab.client();
    await lab.chats.bind(lab.serviceId, lab.user);
    await lab.execute({ type: 'Disconnect' });
    expect(told(await lab.connect(0, client, 0)).at(-1)?.message.chatIxnState).toBe('DISCONNECTED');
  });

  it('delivers everything after a position again when it is asked to', async () => {
    const client = await lab.client();
    await lab.chats.bind(lab.serviceId, lab.user);
    for (const text of ['one', 'two', 'three']) await lab.say(text);
    await lab.connect(0, client, 0);
    await lab.connect(0, client, 1, { isImmediate: true });
    await lab.chats.replay(lab.serviceId, lab.user, 2);
    const again = told(await lab.connect(0, client, 1));
    expect(again.map(({ message }) => message.transcriptToShow.map(([, , text]) => text))).toEqual([['two', 'three']]);
  });

  it('forgets a client that was told to go', async () => {
    const client = await lab.client();
    const held = lab.connect(0, client, 0);
    await lab.held(client);
    await lab[1].disconnect(client, lab.user, undefined);
    expect(await held).toEqual({ outcome: 'ended' });
    expect(await lab[0].userOf(client)).toBeUndefined();
  });

  it('does not take what a customer calls his data for the end of his chat', async () => {
    lab.close();
    lab = new DeliveryLab(`user-${Math.floor(performance.now() * 1_000)}`, isAtHome);
    await lab.startChat({ t: 'ChatEnded' });
    const client = await lab.client();
    await lab.chats.bind(lab.serviceId, lab.user);
    expect(told(await lab.connect(0, client, 0)).map(({ message }) => message.chatIxnState)).toEqual(['TRANSCRIPT']);
  });
});
