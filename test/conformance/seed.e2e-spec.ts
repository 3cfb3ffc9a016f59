import { type HttpClient, type HttpReply, waitFor } from '../support/http.js';
import { type Chat, readFrom } from './customer.js';
import { differences, JSON_HEADERS, scalarFaults, type Template } from './expectation.js';
import { useStack } from './running-stack.js';
import { DOCUMENTED_ENDPOINTS, SEED_EXCHANGES, SEED_LINES, type SeedExchange, type Step } from './seed-exchanges.js';

/** What stays the same in all replies of one service. */
const IDENTITY = ['_id', 'chatSessionId', 'startedAt', 'userId', 'secureKey'];

const byName = (name: string): SeedExchange => {
  const row = SEED_EXCHANGES.find((candidate) => candidate.name === name);
  if (row === undefined) throw new Error(`the table has no row "${name}"`);
  return row;
};

const needsAgent = ({ after }: SeedExchange): boolean => after.some((step) => typeof step !== 'string');

const withId = <T extends Template>(template: T, id: string): T =>
  JSON.parse(JSON.stringify(template).replaceAll('{id}', id)) as T;

/** Goes through exchanges of one service and remembers what identifies it. */
class Conversation {
  private readonly identity = new Map<string, unknown>();

  constructor(private readonly client: HttpClient) {}

  get id(): string {
    return String(this.identity.get('_id'));
  }

  async take(step: Step): Promise<void> {
    if (typeof step === 'string') {
      await this.exchange(byName(step));
      return;
    }
    const chat: Chat = { id: this.id, sessionId: String(this.identity.get('chatSessionId')) };
    await waitFor(`the agent's "${step.agentSays}"`, async () => {
      const { events } = await readFrom(this.client, chat, 1);
      return events.some(([, , text, , party]) => party === 'AGENT' && text === step.agentSays);
    });
  }

  async exchange({ request }: SeedExchange): Promise<HttpReply> {
    const { method, path, headers, body } = request;
    const reply = await this.client.request(method, path.replaceAll('{id}', this.id), { headers, body });
    const json = reply.json() as Readonly<Record<string, unknown>>;
    for (const key of IDENTITY) {
      if (!Object.hasOwn(json, key)) continue;
      if (!this.identity.has(key)) this.identity.set(key, json[key]);
      expect({ [key]: json[key] }).toEqual({ [key]: this.identity.get(key) });
    }
    return reply;
  }
}

describe('the table of documented exchanges', () => {
  it.each(SEED_EXCHANGES.map((row) => [row.name, row.lines] as const))(
    'names lines of the document for "%s"',
    (_, [first, last]) => {
      expect(first).toBeGreaterThan(0);
      expect(last).toBeGreaterThanOrEqual(first);
      expect(last).toBeLessThanOrEqual(SEED_LINES);
    },
  );

  it.each(DOCUMENTED_ENDPOINTS)('has a row for %s', (endpoint) => {
    expect(SEED_EXCHANGES.map((row) => row.endpoint)).toContain(endpoint);
  });

  it('has no name twice', () => {
    expect(new Set(SEED_EXCHANGES.map(({ name }) => name)).size).toBe(SEED_EXCHANGES.length);
  });
});

describe.each([
  { title: 'without an agent', env: { DEMO_AGENT: '0' }, rows: SEED_EXCHANGES.filter((row) => !needsAgent(row)) },
  { title: 'with the robot agent', env: { DEMO_AGENT: '1' }, rows: SEED_EXCHANGES.filter(needsAgent) },
])('a documented exchange, $title', ({ env, rows }) => {
  const { client } = useStack({ env });

  it.each(rows.map((row) => [row.name, row.lines.join('–'), row] as const))(
    'is answered as documented: %s (lines %s)',
    async (_name, _lines, row) => {
      const conversation = new Conversation(client);
      for (const step of row.after) await conversation.take(step);
      const reply = await conversation.exchange(row);
      expect(reply.status).toBe(row.expected.status);
      expect(reply.headers).toMatchObject(JSON_HEADERS);
      const json = reply.json();
      expect(differences(json, withId(row.expected.json, conversation.id))).toEqual([]);
      expect(scalarFaults(json)).toEqual([]);
    },
    30_000,
  );
});
