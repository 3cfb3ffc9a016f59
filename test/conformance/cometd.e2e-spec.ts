import type { HttpReply } from '../support/http.js';
import { type ChatBody, chatBody, chatPath, expectStatus, withoutSeconds } from './customer.js';
import {
  COMET_FIELDS,
  COMETD_CONVERSATIONS,
  type CometdConversation,
  type CometdExchange,
  pushedTemplate,
} from './cometd-exchanges.js';
import {
  askBayeux,
  type BayeuxReply,
  CHANNEL,
  COMETD,
  CometdSession,
  placed,
  type PushedData,
  pushedIn,
  userHeader,
} from './cometd-session.js';
import { startCometChat, useCometdStack } from './cometd-stack.js';
import { CONNECTION_TYPES, openWire } from './cometd-wire.js';
import {
  differences,
  JSON_HEADERS,
  scalarFaults,
  type Template,
  transcriptTemplate,
  verboseTemplate,
} from './expectation.js';
import { SEED_LINES } from './seed-exchanges.js';

const { client: clientOf, gateway, desk, newUser } = useCometdStack({ workers: 0 });

interface Played {
  readonly reply: HttpReply;
  readonly id: string;
}

/** What stays the same in all that is said of one service. */
const IDENTITY = ['_id', 'chatSessionId', 'startedAt', 'userId', 'secureKey'];

/** Goes through a conversation from its first exchange to its last. */
const play = async ({ user, exchanges }: CometdConversation): Promise<ReadonlyMap<CometdExchange, Played>> => {
  const played = new Map<CometdExchange, Played>();
  let [id, clientId] = ['', ''];
  for (const exchange of exchanges) {
    const { agent, request } = exchange;
    const monique = desk({ id });
    if (agent === 'joins') await monique.join();
    else if (agent === 'types') await monique.type();
    else if (agent !== undefined) await monique.say(agent.says);
    const fill = (text: string): string =>
      text.replaceAll('{id}', id).replaceAll('{clientId}', clientId).replaceAll('{user}', user);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, fill(value)]));
    const reply = await clientOf(0).post(fill(request.path), { headers, body: fill(request.body) });
    const json = reply.json() as readonly BayeuxReply[] | { readonly _id?: string };
    if (Array.isArray(json)) clientId = (json as readonly BayeuxReply[])[0]?.clientId ?? clientId;
    else id = (json as { readonly _id?: string })._id ?? id;
    played.set(exchange, { reply, id });
  }
  return played;
};

const withId = <T extends Template>(template: T, id: string): T =>
  JSON.parse(JSON.stringify(template).replaceAll('{id}', id)) as T;

/** What a reply says of the chat: its own body, or what it pushed. */
const chatBodies = (json: unknown): readonly ChatBody[] =>
  Array.isArray(json) ? pushedIn(json as readonly BayeuxReply[]).map(({ message }) => message) : [json as ChatBody];

describe.each(COMETD_CONVERSATIONS.map((conversation) => [conversation.name, conversation] as const))(
  'a documented conversation in CometD mode: %s',
  (_name, conversation) => {
    const { exchanges } = conversation;
    let played: ReadonlyMap<CometdExchange, Played>;

    beforeAll(async () => {
      played = await play(conversation);
    });

    const playedOf = (exchange: CometdExchange): Played => {
      const found = played.get(exchange);
      if (found === undefined) throw new Error(`"${exchange.name}" was not played`);
      return found;
    };

    it.each(exchanges.map((row) => [row.name, row.lines.join('–'), row] as const))(
      'is answered as documented: %s (lines %s)',
      (_row, _lines, row) => {
        const [first, last] = row.lines;
        expect([first > 0, last > first, last <= SEED_LINES]).toEqual([true, true, true]);
        const { reply, id } = playedOf(row);
        expectStatus(reply, 200);
        expect(reply.headers).toMatchObject(JSON_HEADERS);
        const json = reply.json();
        expect(differences(json, withId(row.expected, id))).toEqual([]);
        for (const body of chatBodies(json)) expect(scalarFaults(body)).toEqual([]);
      },
    );

    it('says the same of its chat throughout', () => {
      const said = exchanges.flatMap((row) => chatBodies(playedOf(row).reply.json()));
      for (const key of IDENTITY) {
        const values = said.map((body) => (body as unknown as Record<string, unknown>)[key]);
        expect(new Set(values.filter((value) => value !== undefined)).size).toBeLessThanOrEqual(1);
      }
    });

    it('has positions that differ by what those of the document do, from the first event on', () => {
      const rows = exchanges.filter(({ documentedPosition = 1 }) => documentedPosition > 1);
      const ours = rows.flatMap((row) =>
        chatBodies(playedOf(row).reply.json()).map(({ transcriptPosition }) => Number(transcriptPosition)),
      );
      expect(ours).toEqual(rows.map(({ documentedPosition = 0 }) => documentedPosition - 1));
    });
  },
);

describe('the replies to a chat in CometD mode', () => {
  const client = clientOf(0);
  const form = (operation: string) => (id: string, fields: Readonly<Record<string, string>>) =>
    client.post(chatPath(id, operation), { form: fields });

  it.each([
    ['send', { message: 'hello agent' }],
    ['startTyping', {}],
    ['refresh', { message: 'hello agent' }],
  ] as const)('to %s has the fields of the mode, no events, and the position of its own', async (operation, fields) => {
    const chat = await startCometChat(client, newUser());
    const plain = chatBody(await form(operation)(chat.id, fields));
    const expected = withId({ ...transcriptTemplate('2', []), ...COMET_FIELDS }, chat.id);
    expect(differences(plain, expected)).toEqual([]);
    const other = await startCometChat(client, newUser());
    const verbose = chatBody(await form(operation)(other.id, { ...fields, _verbose: 'true' }));
    const all = { ...transcriptTemplate('2', []), ...COMET_FIELDS, ...verboseTemplate(other.id) };
    expect(differences(verbose, withId(all, other.id))).toEqual([]);
  });

  it('to stopTyping follow startTyping, and one without it appends nothing', async () => {
    const chat = await startCometChat(client, newUser());
    const positions = [];
    for (const operation of ['stopTyping', 'startTyping', 'startTyping', 'stopTyping']) {
      const body = chatBody(await form(operation)(chat.id, {}));
      expect(body).toMatchObject({ chatIxnState: 'TRANSCRIPT', transcriptToShow: [], comet_channel: CHANNEL });
      positions.push(body.transcriptPosition);
    }
    expect(positions).toEqual(['1', '2', '2', '3']);
  });

  it('to disconnect is the same as in poll mode, again and again', async () => {
    const chat = await startCometChat(client, newUser());
    for (let times = 0; times < 2; times += 1) {
      expect(chatBody(await form('disconnect')(chat.id, {}))).toEqual({
        chatIxnState: 'DISCONNECTED',
        chatSessionId: chat.sessionId,
        transcriptPosition: '1',
        chatServiceMessage: 'Chat was finished',
      });
    }
  });

  it('to a second ixn/chat names the same chat, and tells it no second time', async () => {
    const user = newUser();
    const session = await CometdSession.subscribed(client, user);
    const chat = await startCometChat(client, user);
    await session.until('the start', (pushed) => pushed.length > 0);
    const again = await client.post(chatPath(chat.id), { form: { notify_by: 'comet' }, headers: userHeader(user) });
    expect(chatBody(again)).toMatchObject({ chatIxnState: 'CONNECTED', chatSessionId: chat.sessionId });
    expect(await session.look()).toEqual([]);
  });

  it.each(['send', 'startTyping', 'refresh'])(
    'to %s with _verbose make the pushed message verbose',
    async (operation) => {
      const user = newUser();
      const session = await CometdSession.subscribed(client, user);
      const chat = await startCometChat(client, user);
      await session.until('the start', (pushed) => pushed.length > 0);
      for (const [index, _verbose] of ['true', 'false'].entries()) {
        const fields = operation === 'startTyping' ? { _verbose } : { _verbose, message: 'x' };
        await form(operation)(chat.id, fields);
        await session.untilEvents(index + 1);
        if (operation === 'startTyping' && index === 0) {
          await form('stopTyping')(chat.id, {});
          await session.untilEvents(2);
          session.pushed.pop();
        }
      }
      const [, loud, quiet] = session.pushed;
      expect(loud?.message).toMatchObject(shapeOf(verboseTemplate(chat.id)));
      expect(Object.keys(quiet?.message ?? {})).not.toContain('secureKey');
    },
  );

  it('to refresh with a position publish everything after it once more, as one message', async () => {
    const user = newUser();
    const session = await CometdSession.subscribed(client, user);
    const chat = await startCometChat(client, user);
    for (const message of ['one', 'two', 'three']) await form('send')(chat.id, { message });
    await session.untilEvents(3);
    for (const [after, texts] of [
      ['1', ['one', 'two', 'three']],
      ['0', ['one', 'two', 'three']],
      ['2', ['two', 'three']],
      ['4', []],
      ['99', []],
    ] as const) {
      const reply = chatBody(await form('refresh')(chat.id, { transcriptPosition: after }));
      expect(reply).toMatchObject({ transcriptToShow: [], transcriptPosition: '4', comet_channel: CHANNEL });
      const again = await session.look();
      expect(again.map(({ message }) => message.transcriptToShow?.map(([, , text]) => text))).toEqual(
        texts.length === 0 ? [] : [texts],
      );
      expect(await session.look()).toEqual([]);
    }
  });

  it('to refresh without a position publish nothing again', async () => {
    const user = newUser();
    const session = await CometdSession.subscribed(client, user);
    const chat = await startCometChat(client, user);
    await form('send')(chat.id, { message: 'one' });
    await session.untilEvents(1);
    expect(chatBody(await form('refresh')(chat.id, {}))).toMatchObject({
      transcriptToShow: [],
      transcriptPosition: '2',
    });
    expect(await session.look()).toEqual([]);
  });

  it('have a position that is a string for requests in JSON when pushed', async () => {
    const user = newUser();
    const session = await CometdSession.subscribed(client, user);
    const json = { notify_by: 'comet', firstName: 'Buzz' };
    const created = await client.post('/genesys/1/service/request-chat', { headers: userHeader(user) });
    const { _id: id } = expectStatus(created, 200).json() as { _id: string };
    const reply = chatBody(await client.post(chatPath(id), { json, headers: userHeader(user) }));
    expect(reply.transcriptPosition).toBe(1);
    const [start] = await session.until('the start', (pushed) => pushed.length > 0);
    expect(differences(start, shownAs(id, transcriptTemplate('1', [])))).toEqual([]);
  });
});

/** The data of a pushed message. */
const shownAs = (id: string, message: Template): Template =>
  withId((pushedTemplate(message) as { readonly data: Template }).data, id);

/** A template as jest matches it: placeholders are any string. */
const shapeOf = (template: Readonly<Record<string, Template>>): object =>
  Object.fromEntries(
    Object.entries(template).map(([key, value]) => [
      key,
      typeof value === 'string' && !value.includes('<') ? value : (expect.any(String) as unknown),
    ]),
  );

describe('a request to the CometD endpoint', () => {
  const client = clientOf(0);
  const handshake = { channel: '/meta/handshake', version: '1.0', id: 'h' };

  it.each([
    ['', handshake],
    ['', [handshake]],
    ['/', handshake],
    ['/handshake', handshake],
    ['/handshake', [handshake]],
    ['/handshake/', handshake],
    ['//handshake', handshake],
  ])('with the suffix %j takes an object or an array, and is answered with an array', async (suffix, message) => {
    const replies = await askBayeux(client, message, { user: newUser(), path: `${COMETD}${suffix}` });
    expect(replies).toMatchObject([{ id: 'h', channel: '/meta/handshake', successful: true }]);
  });

  it('goes by the message, whatever the suffix says', async () => {
    const user = newUser();
    const [first] = await askBayeux(client, handshake, { user, path: `${COMETD}/handshake` });
    const clientId = first?.clientId;
    const ask = (suffix: string, channel: string, more = {}) =>
      askBayeux(client, [{ channel, clientId, id: suffix, ...more }], { user, path: `${COMETD}${suffix}` });
    expect(await ask('/connect', '/meta/connect', { connectionType: 'long-polling' })).toMatchObject([
      { id: '/connect', successful: true, advice: { interval: 0, reconnect: 'retry', timeout: 60_000 } },
    ]);
    expect(await ask('/subscribe', '/meta/subscribe', { subscription: CHANNEL })).toEqual([
      { id: '/subscribe', channel: '/meta/subscribe', successful: true, subscription: CHANNEL },
    ]);
    expect(await ask('/connect', '/meta/unsubscribe', { subscription: CHANNEL })).toMatchObject([
      { channel: '/meta/unsubscribe', successful: true },
    ]);
    expect(await ask('/disconnect', '/meta/disconnect')).toMatchObject([{ successful: true }]);
  });

  it('may hold a whole start in one array, answered in its order', async () => {
    const user = newUser();
    const session = await CometdSession.connected(client, user, false);
    const chat = await startCometChat(client, user);
    const { clientId } = session;
    const replies = await askBayeux(
      client,
      [
        { channel: '/meta/subscribe', clientId, id: 1, subscription: [CHANNEL] },
        { channel: '/meta/connect', clientId, id: 2, connectionType: 'long-polling' },
      ],
      { user },
    );
    expect(replies.map(({ channel, id }) => id ?? channel)).toEqual([1, CHANNEL, 2]);
    expect(replies[0]).toMatchObject({ subscription: [CHANNEL] });
    expect(replies[1]?.data?.message.chatSessionId).toBe(chat.sessionId);
  });

  it('is answered with advice when it asks not to be held, and only then once it has been told', async () => {
    const session = await CometdSession.subscribed(client, newUser());
    const advice = { interval: 0, reconnect: 'retry', timeout: 60_000 };
    expect(await session.connect({ holdMs: 0 })).toMatchObject([{ successful: true, advice }]);
    expect(await session.connect({ holdMs: 100 })).toEqual([
      { channel: '/meta/connect', successful: true, ext: { ack: 0 } },
    ]);
  });

  it('gets a clientId that nobody guesses', async () => {
    const user = newUser();
    const ids = [];
    for (let count = 0; count < 5; count += 1) {
      const [reply] = await askBayeux(client, handshake, { user });
      // 22 characters of 64 are 132 bits.
      expect(reply?.clientId).toMatch(/^[\w-]{22,64}$/);
      ids.push(reply?.clientId);
    }
    expect(new Set(ids).size).toBe(5);
  });
});

describe.each(CONNECTION_TYPES)('a chat over %s', (connectionType) => {
  it.each([true, false])('is told from its start to its end, acknowledging: %s', async (acknowledges) => {
    const user = newUser();
    const wire = await openWire(connectionType, gateway(0).url, user);
    const [handshake] = await wire.ask({ channel: '/meta/handshake', version: '1.0', ext: { ack: acknowledges } });
    const clientId = handshake?.clientId;
    expect(handshake).toMatchObject({ successful: true, ext: { ack: true } });
    let ack = 0;
    const pushed: PushedData[] = [];
    const connect = async (): Promise<readonly BayeuxReply[]> => {
      const ext = acknowledges ? { ext: { ack } } : {};
      const replies = await wire.ask({ channel: '/meta/connect', clientId, connectionType, ...ext });
      const last = replies.at(-1);
      expect(last).toMatchObject({ channel: '/meta/connect', successful: true });
      if (acknowledges) ack = Number(last?.ext?.ack);
      else expect(last).not.toHaveProperty('ext');
      pushed.push(...pushedIn(replies));
      return replies;
    };
    expect(await connect()).toMatchObject([{ advice: { interval: 0, reconnect: 'retry', timeout: 60_000 } }]);
    await wire.ask({ channel: '/meta/subscribe', clientId, subscription: CHANNEL });

    const chat = await startCometChat(clientOf(0), user);
    await connect();
    const monique = desk(chat);
    await monique.join();
    await connect();
    await clientOf(0).post(chatPath(chat.id, 'send'), { form: { message: 'Grüße 👋 \u2028 </script>' } });
    await connect();
    await monique.say('hi');
    await connect();
    await clientOf(0).post(chatPath(chat.id, 'disconnect'));
    await connect();
    wire.close();

    expect(placed(pushed)).toEqual([
      [2, 'Notice.Joined', 'Monique', 'has joined the session'],
      [3, 'Message.Text', 'BuzzB', 'Grüße 👋 \u2028 </script>'],
      [4, 'Message.Text', 'Monique', 'hi'],
    ]);
    expect(pushed.map(({ message }) => message.chatIxnState)).toEqual([
      ...Array.from({ length: 4 }, () => 'TRANSCRIPT'),
      'DISCONNECTED',
    ]);
    const transcript = await monique.transcript();
    expect(pushed.flatMap(({ message }) => withoutSeconds(message.transcriptToShow ?? []))).toEqual(
      withoutSeconds(transcript),
    );
  });
});
