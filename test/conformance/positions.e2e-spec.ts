import type { HttpClient } from '../support/http.js';
import { batchOf, type Chat, chatBody, chatPath, readFrom, startChat, textsOf, withoutSeconds } from './customer.js';
import { useStack } from './running-stack.js';

/** transcriptPosition, the cursor, and what a retry gets. No agent, so every number is exact. Two gateways. */
const { clients } = useStack({ gateways: 2, env: { DEMO_AGENT: '0' } });
let chat: Chat;

beforeEach(async () => {
  chat = await startChat(clients[0]);
});

type Gateway = 0 | 1;

const post = async (operation: string, form: Record<string, string> = {}, gateway: Gateway = 0) =>
  batchOf(await clients[gateway].post(chatPath(chat.id, operation), { form }));
const refresh = (form: Record<string, string> = {}, gateway: Gateway = 0) => post('refresh', form, gateway);
const send = (message: string, gateway: Gateway = 0) => post('send', { message }, gateway);
const sendAll = async (...texts: readonly string[]): Promise<void> => {
  for (const text of texts) await send(text);
};
const message = (text: string): readonly string[] => ['Message.Text', 'VasyaP', text, 'CLIENT'];

describe('a position', () => {
  it("is 1 for the customer's own joining, which is never shown", async () => {
    expect(await refresh()).toEqual({ state: 'TRANSCRIPT', position: 1, events: [] });
    expect(await readFrom(clients[0], chat, 0)).toEqual({ state: 'TRANSCRIPT', position: 1, events: [] });
  });

  it('rises by one with every event, without gaps, over both gateways', async () => {
    expect((await send('a', 0)).position).toBe(2);
    expect((await send('b', 1)).position).toBe(3);
    expect((await post('startTyping', {}, 0)).position).toBe(4);
    expect((await post('stopTyping', {}, 1)).position).toBe(5);
    expect((await refresh({ message: 'c' }, 0)).position).toBe(6);
    const whole = await readFrom(clients[1], chat, 0);
    expect(whole.position).toBe(6);
    expect(withoutSeconds(whole.events)).toEqual([
      message('a'),
      message('b'),
      ['Notice.TypingStarted', 'VasyaP', 'is typing', 'CLIENT'],
      ['Notice.TypingStopped', 'VasyaP', 'stopped typing', 'CLIENT'],
      message('c'),
    ]);
  });

  it('of a batch is that of its last event', async () => {
    await sendAll('a', 'b', 'c', 'd');
    for (const from of [1, 2, 3, 4, 5]) {
      const { position, events } = await readFrom(clients[from % 2 === 0 ? 0 : 1], chat, from);
      expect(position - events.length).toBe(from);
    }
  });

  it('comes with seconds that never go back', async () => {
    await sendAll('a', 'b', 'c');
    const seconds = (await readFrom(clients[0], chat, 0)).events.map(([, , , second]) => Number(second));
    expect(seconds).toEqual([...seconds].sort((a, b) => a - b));
    for (const second of seconds) expect(Number.isInteger(second) && second >= 0).toBe(true);
  });
});

describe('refresh with a position', () => {
  beforeEach(async () => {
    await sendAll('a', 'b', 'c');
  });

  it.each([
    ['0', ['a', 'b', 'c']],
    ['1', ['a', 'b', 'c']],
    ['2', ['b', 'c']],
    ['3', ['c']],
    ['4', []],
    ['5', []],
    ['1000000', []],
    ['-1', ['a', 'b', 'c']],
    ['-1000000', ['a', 'b', 'c']],
  ])('%s gives everything after it', async (position, texts) => {
    const batch = await refresh({ transcriptPosition: position });
    expect(textsOf(batch.events)).toEqual(texts);
    expect(batch.position).toBe(4);
  });

  it('and a message gives everything after it with the message', async () => {
    const batch = await refresh({ transcriptPosition: '3', message: 'd' });
    expect(textsOf(batch.events)).toEqual(['c', 'd']);
    expect(batch.position).toBe(5);
  });

  it('beyond the end and a message gives at least the message', async () => {
    const batch = await refresh({ transcriptPosition: '50', message: 'd' });
    expect(textsOf(batch.events)).toEqual(['d']);
    expect(batch.position).toBe(5);
  });

  it('gives the same again and again, from either gateway', async () => {
    const first = await refresh({ transcriptPosition: '1' }, 0);
    expect(await refresh({ transcriptPosition: '1' }, 1)).toEqual(first);
    expect(await refresh({ transcriptPosition: '1' }, 0)).toEqual(first);
  });
});

describe('refresh without a position', () => {
  it('gives nothing twice, from whichever gateway', async () => {
    await sendAll('a', 'b');
    expect(await refresh({}, 1)).toEqual({ state: 'TRANSCRIPT', position: 3, events: [] });
    expect(textsOf((await refresh({ message: 'c' }, 1)).events)).toEqual(['c']);
    expect(await refresh({}, 0)).toEqual({ state: 'TRANSCRIPT', position: 4, events: [] });
  });

  it('goes on from the end after a whole replay', async () => {
    await sendAll('a', 'b');
    await readFrom(clients[0], chat, 0);
    expect(await refresh({}, 1)).toEqual({ state: 'TRANSCRIPT', position: 3, events: [] });
  });

  it('is not set back by an older position', async () => {
    await sendAll('a', 'b', 'c');
    await readFrom(clients[1], chat, 2);
    expect((await refresh()).events).toEqual([]);
  });

  it('shows its own message even when another request has read on', async () => {
    const texts = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const batches = await Promise.all(texts.map((text, index) => send(text, index % 2 === 0 ? 0 : 1)));
    batches.forEach(({ events }, index) => {
      expect(textsOf(events)).toContain(texts[index]);
    });
    const whole = await readFrom(clients[0], chat, 0);
    expect(textsOf(whole.events).toSorted()).toEqual(texts);
    for (const { events, position } of batches) {
      expect(events).toEqual(whole.events.slice(position - 1 - events.length, position - 1));
    }
  });
});

describe('typing', () => {
  it('appends nothing when it is repeated', async () => {
    expect((await post('startTyping')).position).toBe(2);
    expect(await post('startTyping', {}, 1)).toEqual({ state: 'TRANSCRIPT', position: 2, events: [] });
    expect((await post('stopTyping')).position).toBe(3);
    expect(await post('stopTyping', {}, 1)).toEqual({ state: 'TRANSCRIPT', position: 3, events: [] });
  });

  it('that was never started is stopped without an event', async () => {
    expect(await post('stopTyping')).toEqual({ state: 'TRANSCRIPT', position: 1, events: [] });
  });

  it.each(['send', 'refresh'])('is ended by a message: %s', async (operation) => {
    await post('startTyping');
    const { position, events } = await post(operation, { message: 'a' });
    expect(position).toBe(3);
    expect(withoutSeconds(events)).toEqual([message('a')]);
    expect(await post('stopTyping')).toEqual({ state: 'TRANSCRIPT', position: 3, events: [] });
    expect(withoutSeconds((await post('startTyping')).events)).toEqual([
      ['Notice.TypingStarted', 'VasyaP', 'is typing', 'CLIENT'],
    ]);
  });
});

describe('a retry', () => {
  type Retry = (gateway: Gateway, key: string, text: string) => ReturnType<HttpClient['post']>;
  const ways: (readonly [string, Retry])[] = (['send', 'refresh'] as const).flatMap((operation) => [
    [
      `${operation} with an Idempotency-Key`,
      (gateway: Gateway, key: string, text: string) =>
        clients[gateway].post(chatPath(chat.id, operation), {
          headers: { 'Idempotency-Key': key },
          form: { message: text },
        }),
    ] as const,
    [
      `${operation} with a _message_id`,
      (gateway: Gateway, key: string, text: string) =>
        clients[gateway].post(chatPath(chat.id, operation), { form: { message: text, _message_id: key } }),
    ] as const,
  ]);

  describe.each(ways)('of %s', (_, request) => {
    it.each([
      ['the same gateway', 0],
      ['the other gateway', 1],
    ] as const)('gets the same reply from %s', async (_where, gateway) => {
      const first = chatBody(await request(0, 'k-1', 'a'));
      expect(chatBody(await request(gateway, 'k-1', 'a'))).toEqual(first);
      expect((await readFrom(clients[0], chat, 0)).position).toBe(2);
    });

    it('gets the same reply when the chat has gone on', async () => {
      const first = chatBody(await request(0, 'k-1', 'a'));
      await request(1, 'k-2', 'b');
      await send('c');
      expect(chatBody(await request(1, 'k-1', 'a'))).toEqual(first);
      expect(textsOf((await readFrom(clients[0], chat, 0)).events)).toEqual(['a', 'b', 'c']);
    });

    it('does not set the cursor back', async () => {
      await request(0, 'k-1', 'a');
      await send('b');
      await request(1, 'k-1', 'a');
      expect((await refresh()).events).toEqual([]);
    });

    it('under another key is another message', async () => {
      await request(0, 'k-1', 'a');
      await request(0, 'k-2', 'a');
      expect(textsOf((await readFrom(clients[0], chat, 0)).events)).toEqual(['a', 'a']);
    });

    it('at the very same time appends once', async () => {
      const replies = await Promise.all([0, 1, 0, 1].map((gateway) => request(gateway as Gateway, 'k-1', 'a')));
      const [first, ...others] = replies.map((reply) => chatBody(reply));
      for (const other of others) expect(other).toEqual(first);
      expect(textsOf((await readFrom(clients[0], chat, 0)).events)).toEqual(['a']);
    });
  });

  it('with the key of another chat is a message of its own', async () => {
    const other = await startChat(clients[0]);
    const options = { headers: { 'Idempotency-Key': 'shared' }, form: { message: 'a' } };
    await clients[0].post(chatPath(chat.id, 'send'), options);
    await clients[0].post(chatPath(other.id, 'send'), options);
    for (const each of [chat, other]) expect(textsOf((await readFrom(clients[0], each, 0)).events)).toEqual(['a']);
  });

  it('of a JSON request gets a number again', async () => {
    const options = { headers: { 'Idempotency-Key': 'k' }, json: { message: 'a' } };
    const first = chatBody(await clients[0].post(chatPath(chat.id, 'refresh'), options));
    expect(first.transcriptPosition).toBe(2);
    expect(chatBody(await clients[1].post(chatPath(chat.id, 'refresh'), options))).toEqual(first);
  });
});
