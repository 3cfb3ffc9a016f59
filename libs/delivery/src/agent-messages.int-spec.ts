import type { HoldResult } from '@app/bayeux';
import { type AgentEvent, agentStreamOf, type ServiceCommand } from '@app/domain';
import { agentUserOf, partitionOfStream, partitionOfUser } from '@app/event-store';
import { agentForm } from './agent-messages.js';
import { DeliveryLab } from './testing/delivery-lab.js';

interface Told {
  readonly tag: string;
  readonly message: {
    readonly serviceId?: string;
    readonly events: readonly (Pick<AgentEvent, 'type'> & { readonly id: string; readonly text?: string })[];
  };
}

const told = (result: HoldResult): readonly Told[] =>
  result.outcome === 'delivered'
    ? result.messages.map((text) => (JSON.parse(text) as { readonly data: Told }).data)
    : [];

const KATE = agentUserOf('kate');
const join: ServiceCommand = { type: 'Join', by: { agentId: 'kate', nickname: 'Kate' } };

describe.each([
  ['in her own partition', true],
  ['elsewhere', false],
])('an agent whose chat lives %s', (_, isAtHome) => {
  let lab: DeliveryLab;

  beforeEach(async () => {
    lab = new DeliveryLab(KATE, isAtHome, agentForm);
    await lab.startChat({}, { user: 'ann', serviceId: lab.serviceId });
    await lab.execute(join);
  });
  afterEach(() => {
    lab.close();
  });

  it('is told all of it from its first event on, but what is the server’s own', async () => {
    const client = await lab.client();
    await lab.chats.bind(lab.serviceId, KATE);
    await lab.say('hello');
    await lab.execute({ type: 'Whisper', by: { agentId: 'kate', nickname: 'Kate' }, text: 'psst' });
    const [batch] = told(await lab.connect(0, client, 0));
    expect(batch?.tag).toBe(`agent.chat.events.${lab.serviceId}`);
    expect(batch?.message.events.map(({ id, type }) => `${id} ${type}`)).toEqual([
      '1-0 ChatStarted',
      '2-0 ParticipantJoined',
      '3-0 MessageSent',
      '3-1 WhisperSent',
    ]);
    expect(JSON.stringify(batch)).not.toMatch(/secureKey|userId/);
  });

  it('is woken by what the customer says, and by a whisper', async () => {
    const client = await lab.client();
    await lab.chats.bind(lab.serviceId, KATE);
    const first = await lab.connect(0, client, 0);
    expect(first.outcome).toBe('delivered');
    const held = lab.connect(1, client, 1);
    await lab.held(client);
    await lab.say('anybody?');
    expect(told(await held).flatMap(({ message }) => message.events.map(({ text }) => text))).toEqual(['anybody?']);
    const again = lab.connect(0, client, 2);
    await lab.held(client);
    await lab.execute({ type: 'Whisper', by: { agentId: 'kate', nickname: 'Kate' }, text: 'psst' });
    expect(told(await again).flatMap(({ message }) => message.events.map(({ text }) => text))).toEqual(['psst']);
  });

  it('is sent the same batch again by another gateway when the first one got lost', async () => {
    const client = await lab.client();
    await lab.chats.bind(lab.serviceId, KATE);
    const lost = await lab.connect(0, client, 0);
    expect(await lab.connect(1, client, 0)).toEqual(lost);
  });

  it('hears no more of a chat that she has left', async () => {
    const client = await lab.client();
    await lab.chats.bind(lab.serviceId, KATE);
    await lab.connect(0, client, 0);
    await lab.chats.unbind(lab.serviceId, KATE);
    await lab.say('still there?');
    expect(told(await lab.connect(1, client, 1, { isImmediate: true }))).toEqual([]);
  });
});

describe('the stream of an agent', () => {
  it('lives where the agent’s clients do', () => {
    const lab = new DeliveryLab(KATE, true, agentForm);
    const { partitions } = lab.lab.keys;
    expect(partitionOfStream(agentStreamOf('kate'), partitions)).toBe(partitionOfUser(KATE, partitions));
    lab.close();
  });
});
