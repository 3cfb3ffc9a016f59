import { randomBytes } from 'node:crypto';
import { StoreAgents } from './advanced-agents.js';
import { expectStatus, SERVICE } from './customer.js';
import { useStack } from './running-stack.js';

interface Pushed {
  readonly channel: string;
  readonly clientId?: string;
  readonly ext?: { readonly ack: number };
  readonly data?: { readonly tag: string; readonly message: Readonly<Record<string, unknown>> };
}

const KEY_PREFIX = `t${randomBytes(6).toString('hex')}:`;
const USER = { gms_user: 'BuzzBrain' };
const LOOKS_MAX = 20;

describe('an advanced service whose application listens by CometD', () => {
  const { stack, clients } = useStack({ gateways: 2, env: { KEY_PREFIX, DEMO_AGENT: '0' } });
  let agents: StoreAgents;

  beforeAll(async () => {
    agents = await StoreAgents.of(stack().redis?.url ?? '', KEY_PREFIX);
  });

  afterAll(() => {
    agents.close();
  });

  let requests = 0;
  /** Each request at another gateway than the one before. */
  const bayeux = async (message: object): Promise<readonly Pushed[]> => {
    requests += 1;
    const client = clients[requests % 2 === 0 ? 0 : 1];
    const reply = await client.post('/genesys/cometd', { headers: USER, json: message });
    return expectStatus(reply, 200).json() as readonly Pushed[];
  };

  /** An application that acknowledges, and notes the tags and statuses that it is told. */
  const listener = async (): Promise<(until: string) => Promise<readonly Pushed[]>> => {
    const [handshake] = await bayeux({ channel: '/meta/handshake', version: '1.0', ext: { ack: true } });
    const clientId = handshake?.clientId ?? '';
    const connect = (ack: number) => ({
      ...{ channel: '/meta/connect', clientId, connectionType: 'long-polling', ext: { ack } },
    });
    await bayeux(connect(0));
    await bayeux({ channel: '/meta/subscribe', clientId, subscription: '/_genesys' });
    const told: Pushed[] = [];
    let ack = 0;
    return async (until) => {
      for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
        if (told.some(({ data }) => data?.tag.includes(until))) return told;
        const messages = await bayeux(connect(ack));
        told.push(...messages.filter(({ data }) => data !== undefined));
        ack = messages.find(({ ext }) => ext !== undefined)?.ext?.ack ?? ack;
      }
      throw new Error(`nothing with "${until}" came: ${JSON.stringify(told)}`);
    };
  };

  it('is told of each status, then of the chat, and of the chat not before its reply', async () => {
    const hear = await listener();
    const created = await clients[0].post(`${SERVICE}/advanced-chat-poll`, {
      headers: USER,
      form: { _device_os: 'comet', _device_notification_id: 'none' },
    });
    const { _id: id } = expectStatus(created, 200).json() as { _id: string };
    const waiting = await hear('statuschanged');
    expect(waiting.map(({ data }) => data)).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
        message: { _id: id, _status: 'waiting', _dialog: 'waiting_for_agent.html' },
        tag: `a2c.advanced.service.statuschanged.${id}`,
      },
    ]);
    await agents.ready('kate', 'Kate');
    const available = await hear('agentavailable');
    expect(available.at(-1)?.data).toMatchObject({
      message: { _id: id, _status: 'available', _dialog: 'agent_available.html' },
      tag: `a2c.advanced.service.agentavailable.${id}`,
    });
    const started = await clients[1].post(`${SERVICE}/${id}/ixn/chat`, {
      headers: USER,
      form: { notify_by: 'comet', firstName: 'Vasya', lastName: 'Pupkin' },
    });
    expect(expectStatus(started, 200).json()).toMatchObject({ chatIxnState: 'CONNECTED', comet_channel: '/_genesys' });
    const chat = await hear('service.chat.refresh');
    expect(chat.find(({ data }) => data?.tag.includes('refresh'))?.data?.message).toMatchObject({
      ...{ chatIxnState: 'TRANSCRIPT', transcriptPosition: '1', transcriptToShow: [] },
    });
    await agents.accept(id, 'kate');
  });
});
