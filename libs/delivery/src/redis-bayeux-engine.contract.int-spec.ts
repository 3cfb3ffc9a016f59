import { partitionOfUser } from '@app/event-store';
import { type BayeuxEngineLab, describeBayeuxEngine } from '../../../test/contract/bayeux-engine.contract.js';
import { DeliveryLab } from './testing/delivery-lab.js';

interface Pushed {
  readonly data: { readonly message: { readonly transcriptToShow: readonly (readonly string[])[] } };
}

const textsOf = (messages: readonly string[]): readonly string[] =>
  messages.flatMap((message) =>
    (JSON.parse(message) as Pushed).data.message.transcriptToShow.map(([, , text = '']) => text),
  );

/** Users with a chat each, which starts with the first text. */
const makeLab = (isAtHome: boolean): BayeuxEngineLab => {
  const lab = new DeliveryLab('nobody', isAtHome);
  const { keys, redis } = lab.lab;
  const chats = new Map<string, { readonly serviceId: string; position: number }>();
  const clientKey = (clientId: string, user: string): string =>
    keys.user(partitionOfUser(user, keys.partitions), '').client + clientId;

  const chatOf = async (user: string): Promise<{ readonly serviceId: string; position: number }> => {
    const known = chats.get(user);
    if (known !== undefined) return known;
    const chat = { serviceId: lab.newServiceId(user, isAtHome), position: 1 };
    chats.set(user, chat);
    await lab.startChat({}, { user, serviceId: chat.serviceId });
    await lab.chats.bind(chat.serviceId, user);
    return chat;
  };

  return {
    engine: lab[0],
    otherGateway: lab[1],
    deliver: async (user, text) => {
      const chat = await chatOf(user);
      await lab.say(text, chat.serviceId);
      chat.position += 1;
      return chat.position;
    },
    textsOf,
    connects: async (clientId, user) => Number((await redis.hget(clientKey(clientId, user), 'y')) ?? 0),
    expire: async (clientId, user) => {
      await redis.del(clientKey(clientId, user));
    },
    close: () => {
      lab.close();
      return Promise.resolve();
    },
  };
};

describeBayeuxEngine('RedisBayeuxEngine with chats in the partition of their user', () => makeLab(true));
describeBayeuxEngine('RedisBayeuxEngine with chats in other partitions', () => makeLab(false));
