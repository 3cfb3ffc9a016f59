import { waitFor } from '../support/http.js';
import {
  type Batch,
  type Chat,
  chatBody,
  chatPath,
  createService,
  readFrom,
  startChat,
  withoutSeconds,
} from './customer.js';
import { useStack } from './running-stack.js';

/** The robot agent of the first minute: what it does on every chat of a basic service. */
const { client } = useStack({});

const JOINS = ['Notice.Joined', 'Robot', 'has joined the session', 'AGENT'];
const STARTS = ['Notice.TypingStarted', 'Robot', 'is typing', 'AGENT'];
const STOPS = ['Notice.TypingStopped', 'Robot', 'stopped typing', 'AGENT'];
const LEAVES = ['Notice.Left', 'Robot', 'has left the session', 'AGENT'];
const says = (text: string): readonly string[] => ['Message.Text', 'Robot', `echo: ${text}`, 'AGENT'];
const hears = (text: string): readonly string[] => ['Message.Text', 'VasyaP', text, 'CLIENT'];

/** The whole transcript once it has an event of this text from the robot. */
const onceRobot = (chat: Chat, text: string): Promise<Batch> =>
  waitFor(`the robot's "${text}"`, async () => {
    const batch = await readFrom(client, chat, 0);
    return batch.events.some(([, nickname, words]) => nickname === 'Robot' && words === text) && batch;
  });
const joined = (chat: Chat): Promise<Batch> => onceRobot(chat, 'has joined the session');
const send = (chat: Chat, message: string) => client.post(chatPath(chat.id, 'send'), { form: { message } });

const elapsedMs = async (work: () => Promise<unknown>): Promise<number> => {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
};
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

describe('the robot agent', () => {
  it('joins a chat by itself', async () => {
    const chat = await startChat(client);
    const batch = await joined(chat);
    expect(withoutSeconds(batch.events)).toEqual([JOINS]);
    expect(batch.position).toBe(2);
  });

  it('does not join before the chat is started', async () => {
    const id = await createService(client);
    // Once it has joined a later chat it has seen the service too.
    await joined(await startChat(client));
    const body = chatBody(await client.post(chatPath(id)));
    expect(body.transcriptPosition).toBe('1');
    const { events } = await joined({ id, sessionId: body.chatSessionId });
    expect(withoutSeconds(events)).toEqual([JOINS]);
  });

  it('joins within a second and answers within another', async () => {
    const joinMs: number[] = [];
    const answerMs: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const chat = await startChat(client);
      joinMs.push(await elapsedMs(() => joined(chat)));
      await send(chat, 'hello');
      answerMs.push(await elapsedMs(() => onceRobot(chat, 'echo: hello')));
    }
    expect(median(joinMs)).toBeLessThanOrEqual(1000);
    expect(median(answerMs)).toBeLessThanOrEqual(1000);
  }, 40_000);

  it('types, stops typing and echoes', async () => {
    const chat = await startChat(client);
    await joined(chat);
    await send(chat, 'hello');
    const { events, position } = await onceRobot(chat, 'echo: hello');
    expect(withoutSeconds(events)).toEqual([JOINS, hears('hello'), STARTS, STOPS, says('hello')]);
    expect(position).toBe(6);
  });

  it('answers every message once, in order', async () => {
    const chat = await startChat(client);
    await joined(chat);
    for (const text of ['one', 'two', 'three']) await send(chat, text);
    const { events } = await onceRobot(chat, 'echo: three');
    const answers = withoutSeconds(events).filter(
      ([type, nickname]) => type === 'Message.Text' && nickname === 'Robot',
    );
    expect(answers).toEqual([says('one'), says('two'), says('three')]);
  }, 20_000);

  it('answers what was written before it had joined', async () => {
    const chat = await startChat(client);
    await send(chat, 'early');
    const { events } = await onceRobot(chat, 'echo: early');
    expect(events.filter(([, , text]) => text === 'echo: early')).toHaveLength(1);
  });

  it('keeps every character of a text', async () => {
    const chat = await startChat(client);
    const text = '<b>ü</b> & "q" 👩‍👩‍👧 \u05e9';
    await send(chat, text);
    expect(withoutSeconds((await onceRobot(chat, `echo: ${text}`)).events)).toContainEqual(says(text));
  });

  it('pushes a URL when asked for one', async () => {
    const chat = await startChat(client);
    await joined(chat);
    await send(chat, 'push me a url');
    const events = await waitFor('the URL', async () => {
      const batch = await readFrom(client, chat, 0);
      return batch.events.some(([type]) => type === 'Notice.PushUrl') && batch.events;
    });
    expect(withoutSeconds(events)).toContainEqual(says('push me a url'));
    const [, nickname, url, , party] = events.find(([type]) => type === 'Notice.PushUrl')!;
    expect([nickname, party]).toEqual(['Robot', 'AGENT']);
    expect(new URL(url).protocol).toMatch(/^https?:$/);
  });

  it('leaves after "bye", which ends the chat', async () => {
    const chat = await startChat(client);
    await joined(chat);
    await send(chat, 'bye');
    const { state, events } = await onceRobot(chat, 'has left the session');
    expect(state).toBe('DISCONNECTED');
    expect(withoutSeconds(events).slice(-2)).toEqual([says('bye'), LEAVES]);
    const rest = chatBody(await client.post(chatPath(chat.id, 'refresh')));
    expect(rest).toMatchObject({ chatIxnState: 'DISCONNECTED', transcriptToShow: [] });
    expect(rest.exception).toEqual(expect.any(String));
    expect(rest.message).toEqual(expect.any(String));
  });

  it('shows its last words to a customer who has not read them when the chat ends', async () => {
    const chat = await startChat(client);
    await joined(chat);
    await send(chat, 'bye');
    const seen: string[] = [];
    const last = await waitFor('the end of the chat', async () => {
      const body = chatBody(await client.post(chatPath(chat.id, 'refresh')));
      seen.push(...(body.transcriptToShow ?? []).map(([, , text]) => text));
      return body.exception !== undefined && body;
    });
    expect(last.chatIxnState).toBe('DISCONNECTED');
    expect(seen).toEqual(['is typing', 'stopped typing', 'echo: bye', 'has left the session']);
  });

  it('says nothing more after the customer has disconnected', async () => {
    const chat = await startChat(client);
    await joined(chat);
    const ended = chatBody(await client.post(chatPath(chat.id, 'disconnect')));
    const other = await startChat(client);
    await joined(other);
    const { position, state } = await readFrom(client, chat, 0);
    expect({ position: String(position), state }).toEqual({
      position: ended.transcriptPosition,
      state: 'DISCONNECTED',
    });
  });
});
