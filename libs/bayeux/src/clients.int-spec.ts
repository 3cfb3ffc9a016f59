import { AckExtension, CometD, type Message } from 'cometd';
import { adapt } from 'cometd-nodejs-client';
import faye from 'faye';
import { systemTime } from './time.js';
import { BayeuxLab, CHANNEL } from './testing/bayeux-lab.js';

const TEXTS = Array.from({ length: 50 }, (_, index) => `text ${index}`);
const TRANSPORTS = ['long-polling', 'callback-polling', 'websocket'] as const;

interface Receiver {
  readonly texts: readonly string[];
  readonly disconnect: () => Promise<void>;
}

const cometdClient = async (
  lab: BayeuxLab,
  user: string,
  transport: (typeof TRANSPORTS)[number],
  acknowledges: boolean,
): Promise<Receiver> => {
  const client = new CometD();
  if (acknowledges) client.registerExtension('ack', new AckExtension());
  for (const other of TRANSPORTS) if (other !== transport) client.unregisterTransport(other);
  client.configure({ url: `http://127.0.0.1:${lab.port}/as/${user}/cometd`, logLevel: 'warn' });
  const texts: string[] = [];
  const shaken = await new Promise<Message>((resolve) => {
    client.handshake(resolve);
  });
  expect(shaken).toMatchObject({ successful: true });
  const subscribed = await new Promise<Message>((resolve) => {
    client.subscribe(
      CHANNEL,
      ({ data }) => {
        texts.push(data as string);
      },
      resolve,
    );
  });
  expect(subscribed).toMatchObject({ successful: true, subscription: CHANNEL });
  return {
    texts,
    disconnect: async () => {
      const reply = await new Promise<Message>((resolve) => {
        client.disconnect(resolve);
      });
      expect(reply).toMatchObject({ successful: true });
    },
  };
};

const fayeClient = async (lab: BayeuxLab, user: string, transport: string): Promise<Receiver> => {
  const client = new faye.Client(`http://127.0.0.1:${lab.port}/cometd`);
  client.setHeader('gms_user', user);
  if (transport !== 'websocket') client.disable('websocket');
  const texts: string[] = [];
  await client.subscribe(CHANNEL, (data) => {
    texts.push(data as string);
  });
  return { texts, disconnect: async () => client.disconnect() };
};

describe('clients of others', () => {
  let lab: BayeuxLab;

  beforeAll(() => {
    adapt();
  });

  beforeEach(async () => {
    lab = await BayeuxLab.start({ time: systemTime });
  });

  afterEach(async () => {
    expect(lab.failures).toEqual([]);
    await lab.close();
  });

  const receiveAll = async (receiver: Receiver, user: string): Promise<void> => {
    for (const [index, text] of TEXTS.entries()) {
      lab.deliver(text, user);
      // Some come together, some alone.
      if (index % 7 === 0) await lab.until('a text', () => receiver.texts.length > index);
    }
    await lab.until('all texts', () => receiver.texts.length >= TEXTS.length);
    await lab.until('a connect to be held', () => lab.server.heldConnects === 1);
    expect(receiver.texts).toEqual(TEXTS);
    await receiver.disconnect();
    await lab.until('nothing to be held', () => lab.server.heldConnects === 0);
    expect(receiver.texts).toEqual(TEXTS);
  };

  it.each([
    ['long-polling', true],
    ['long-polling', false],
    ['websocket', true],
    ['websocket', false],
  ] as const)('cometd 9 over %s, acknowledging: %s', async (transport, acknowledges) => {
    await receiveAll(await cometdClient(lab, 'Vasya', transport, acknowledges), 'Vasya');
  });

  it.each(['long-polling', 'websocket'])('faye over %s', async (transport) => {
    await receiveAll(await fayeClient(lab, 'Vasya', transport), 'Vasya');
  });
});
