import { type Chat, chatPath, readFrom, SERVICE, startChat, textsOf } from '../conformance/customer.js';
import { useStack } from '../conformance/running-stack.js';
import { type Attack, FORM, head } from '../hostile/attack.js';
import { useBystander } from '../hostile/bystander.js';
import { contentTypes } from '../hostile/content-types.js';
import { forms } from '../hostile/forms.js';
import { framing } from '../hostile/framing.js';
import { headers } from '../hostile/headers.js';
import { ids } from '../hostile/ids.js';
import { internalPaths } from '../hostile/internal-paths.js';
import { json } from '../hostile/json.js';
import { logInjection } from '../hostile/log-injection.js';
import { longInputs } from '../hostile/long-inputs.js';
import { methods } from '../hostile/methods.js';
import { operations } from '../hostile/operations.js';
import { positions } from '../hostile/positions.js';
import { OK } from '../hostile/statuses.js';
import { texts } from '../hostile/texts.js';
import { expectAllowed } from '../hostile/verdict.js';
import { HttpClient, sendRaw } from '../support/http.js';

/**
 * Bad input over real sockets: never a 500, nothing of the inside in the answer, nothing stored by halves, nothing of
 * somebody else, one line in the log, and a good request right after is answered at once.
 */
const { client, stack } = useStack({ env: { DEMO_AGENT: '0', SERVICES_PER_10S: '1000000' } });
const bystander = useBystander(client, () => stack().gateways[0]?.logs() ?? '');

const GROUPS: readonly (readonly [string, readonly Attack[]])[] = [
  ['a content type', contentTypes],
  ['a form', forms],
  ['JSON', json],
  ['a position', positions],
  ['an id', ids],
  ['an internal path on the public port', internalPaths],
  ['headers', headers],
  ['a method', methods],
  ['raw bytes', framing],
  ['a text', texts],
  ['an operation', operations],
  ['what is to be logged', logInjection],
  ['what is long', longInputs],
];

/** Said before each attack; it is still there after it. */
const BEFORE = 'said before';

// What an earlier test left behind is not its successor's.
beforeEach(async () => {
  await bystander.newLines();
});

const newChat = async (): Promise<Chat> => {
  const chat = await startChat(client);
  await client.post(chatPath(chat.id, 'send'), { form: { message: BEFORE } });
  return chat;
};

describe.each(GROUPS)('hostile input: %s', (_group, attacks) => {
  it.each(attacks.map((attack) => [attack.name, attack] as const))('%s', async (_name, attack) => {
    const chat = await newChat();
    const { bytes, withinMs = Infinity } = attack;
    const startMs = performance.now();
    const reply = await sendRaw(client.url, typeof bytes === 'function' ? bytes(chat) : bytes, attack.options);
    expect(performance.now() - startMs).toBeLessThan(withinMs);
    const status = expectAllowed(reply, attack);
    for (const secret of bystander.secrets) expect(reply.text).not.toContain(secret);

    await bystander.expectUnhurt();
    await bystander.expectQuietLog(attack.secrets);
    const { events, state } = await readFrom(client, chat, 0);
    expect(state).toBe('TRANSCRIPT');
    expect(textsOf(events)).toEqual(status === OK && attack.text !== undefined ? [BEFORE, attack.text] : [BEFORE]);
  });
});

describe('many bad requests', () => {
  it('leave the server alive and ready, without an error in its log', async () => {
    const health = new HttpClient(stack().gateways[0]!.internalUrl);
    expect((await health.get('/readyz')).status).toBe(200);
    health.close();
    expect(stack().gateways[0]!.logs()).not.toMatch(/"level":(?:50|60|"error"|"fatal")|unhandled|uncaught/i);
  });

  it('on one connection do not cut off a good one after them', async () => {
    for (const type of ['text/xml', 'application/json', 'multipart/form-data']) {
      const bad = await client.post(`${SERVICE}/request-chat`, { headers: { 'Content-Type': type }, body: '{' });
      expect([400, 415]).toContain(bad.status);
      expect((await client.post(`${SERVICE}/request-chat`)).status).toBe(200);
    }
  });

  it('sent ahead without waiting are each answered, in order', async () => {
    const good = head('GET /genesys/1/service/request-chat HTTP/1.1', {});
    const bad = head('GET /genesys/1/service/no-such-service HTTP/1.1', {});
    const { statuses } = await sendRaw(client.url, `${good}${bad}${good}`);
    expect(statuses).toEqual([200, 404, 200]);
  });

  it('cut off in the middle of a body store nothing', async () => {
    const chat = await startChat(client);
    const frame = `Content-Type: ${FORM}\r\nContent-Length: 900`;
    const request = `POST ${chatPath(chat.id, 'send')} HTTP/1.1\r\nHost: parley\r\n${frame}\r\n\r\nmessage=half`;
    await sendRaw(client.url, request, { halfClose: true });
    expect((await readFrom(client, chat, 0)).events).toEqual([]);
  });
});
