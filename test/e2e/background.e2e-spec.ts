import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CometdSession, placed, textsPushed } from '../conformance/cometd-session.js';
import { startCometChat } from '../conformance/cometd-stack.js';
import { chatPath } from '../conformance/customer.js';
import { useStack } from '../conformance/running-stack.js';
import { writeAgentsFile } from '../support/agents-file.js';
import { ApiAgent } from '../support/api-agent.js';
import { HttpClient } from '../support/http.js';

const folder = mkdtempSync(join(tmpdir(), 'parley-background-'));
const { stack, client, clients } = useStack({
  gateways: 2,
  env: {
    DEMO_AGENT: '0',
    AGENTS_FILE: writeAgentsFile(folder, [{ id: 'kate', nickname: 'Kate', capacity: 10 }]),
  },
});
const internal = new HttpClient(() => stack().gateways[0]?.internalUrl ?? '');

afterAll(() => {
  internal.close();
  rmSync(folder, { recursive: true });
});

describe('an application that goes to the background', () => {
  const agent = async (): Promise<ApiAgent> => {
    const kate = new ApiAgent('kate', internal);
    await kate.ready();
    return kate;
  };

  it('is told of to the agent, and is shown what it missed once when it comes back, by any gateway', async () => {
    const kate = await agent();
    const phone = await CometdSession.subscribed(client, 'buzz');
    const chat = await startCometChat(client, 'buzz');
    await kate.accept(chat.id);
    await kate.post(`/chats/${chat.id}/messages`, { text: 'before' });
    await phone.untilEvents(2);
    const [position] = placed(phone.pushed).at(-1) ?? [];
    await phone.disconnect(position);
    await kate.until(chat.id, 'CustomerAway');
    expect(await kate.get(`/chats/${chat.id}`)).toMatchObject({ isCustomerAway: true, state: 'live' });
    await kate.post(`/chats/${chat.id}/messages`, { text: 'meanwhile' });
    await kate.post(`/chats/${chat.id}/messages`, { text: 'and more' });
    const again = await CometdSession.subscribed(clients[1], 'buzz');
    await kate.until(chat.id, 'CustomerBack');
    await again.untilEvents(2);
    expect(textsPushed(again.pushed)).toEqual(['meanwhile', 'and more']);
    expect(await again.look()).toEqual([]);
    expect(await kate.get(`/chats/${chat.id}`)).toMatchObject({ isCustomerAway: false });
    await kate.post(`/chats/${chat.id}/end`);
  });

  it('is back when its customer writes by REST', async () => {
    const kate = await agent();
    const phone = await CometdSession.subscribed(client, 'woody');
    const chat = await startCometChat(client, 'woody');
    await kate.accept(chat.id);
    await phone.disconnect(1);
    await kate.until(chat.id, 'CustomerAway');
    await client.post(chatPath(chat.id, 'send'), { form: { message: 'here I am' }, headers: { gms_user: 'woody' } });
    await kate.until(chat.id, 'MessageSent');
    expect(kate.of(chat.id).map(({ type }) => type)).toEqual(expect.arrayContaining(['CustomerAway', 'CustomerBack']));
    await kate.post(`/chats/${chat.id}/end`);
  });
});
