import { randomBytes } from 'node:crypto';
import { AgentDesk } from '../chaos/cometd/agent-desk.js';
import { openRepository, type ProductRepository } from '../load/measure/product-repository.js';
import { HttpClient } from '../support/http.js';
import type { Stack, StackGateway, StackOptions } from '../support/stack.js';
import { type Chat, startChat } from './customer.js';
import { userHeader } from './cometd-session.js';
import { type RunningStack, useStack } from './running-stack.js';

const PARTITIONS = 64;

/** A stack without the robot agent, and agents who write into its store beside all gateways. */
export interface CometdStack extends Pick<RunningStack, 'stack'> {
  readonly keyPrefix: string;
  readonly gateway: (index: number) => StackGateway;
  /** Of one gateway. */
  readonly client: (index: number) => HttpClient;
  /** The agent of a chat, Monique; the same one each time. */
  readonly desk: (chat: Pick<Chat, 'id'>) => AgentDesk;
  /** A user of whom nobody has heard. */
  readonly newUser: () => string;
}

/** Starts such a stack before the tests of the enclosing block and ends it after them. */
export const useCometdStack = ({ env = {}, ...options }: StackOptions = {}): CometdStack => {
  const keyPrefix = env['KEY_PREFIX'] ?? `t${randomBytes(6).toString('hex')}:`;
  const { stack } = useStack({ ...options, env: { DEMO_AGENT: '0', KEY_PREFIX: keyPrefix, ...env } });
  const clients = new Map<number, HttpClient>();
  const desks = new Map<string, AgentDesk>();
  let product: ProductRepository | undefined;
  let users = 0;

  beforeAll(async () => {
    product = await openRepository({ redisUrl: redisUrlOf(stack(), options), keyPrefix, partitions: PARTITIONS });
  });

  afterAll(() => {
    for (const client of clients.values()) client.close();
    product?.close();
  });

  const gateway = (index: number): StackGateway => {
    const found = stack().gateways[index];
    if (found === undefined) throw new Error(`the stack has no gateway ${index}`);
    return found;
  };
  const client = (index: number): HttpClient => {
    const known = clients.get(index) ?? new HttpClient(() => gateway(index).url);
    clients.set(index, known);
    return known;
  };
  const desk = ({ id }: Pick<Chat, 'id'>): AgentDesk => {
    if (product === undefined) throw new Error('the stack did not start, see above');
    const known = desks.get(id) ?? new AgentDesk(product, id, 'Monique');
    desks.set(id, known);
    return known;
  };
  const newUser = (): string => {
    users += 1;
    return `user-${keyPrefix.slice(0, -1)}-${users}`;
  };
  return { stack, keyPrefix, gateway, client, desk, newUser };
};

const redisUrlOf = ({ redis }: Stack, { redisUrl }: StackOptions): string => redisUrl ?? redis?.url ?? '';

/** Starts a chat in CometD mode; Buzz Brain is the customer. */
export const startCometChat = (
  client: HttpClient,
  user: string,
  form: Readonly<Record<string, string>> = {},
): Promise<Chat> =>
  startChat(client, {
    form: { firstName: 'Buzz', lastName: 'Brain', subject: 'French', notify_by: 'comet', ...form },
    headers: userHeader(user),
  });
