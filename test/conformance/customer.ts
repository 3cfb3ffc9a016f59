import type { HttpClient, HttpReply, RequestOptions } from '../support/http.js';

/** Type, nickname, text, whole seconds since the start, party. */
export type WireEvent = readonly [type: string, nickname: string, text: string, seconds: string, party: string];

/** A reply of the chat operations; what only some of them have is optional. */
export interface ChatBody {
  readonly chatIxnState: string;
  readonly chatSessionId: string;
  readonly transcriptPosition: string | number;
  readonly chatServiceMessage: string;
  readonly transcriptToShow?: readonly WireEvent[];
  readonly startedAt?: string;
  readonly message?: string;
  readonly exception?: string;
  readonly clientTimeZoneOffset?: string;
}

/** What the customer of one chat knows of it. */
export interface Chat {
  readonly id: string;
  readonly sessionId: string;
}

/** One batch of a transcript, with the position that each event has. */
export interface Batch {
  readonly state: string;
  readonly position: number;
  readonly events: readonly WireEvent[];
}

export const SERVICE = '/genesys/1/service';

/** Path below the chat of a service; without an operation it is that of `ixn/chat`. */
export const chatPath = (serviceId: string, operation = ''): string =>
  `${SERVICE}/${serviceId}/ixn/chat${operation === '' ? '' : `/${operation}`}`;

/** Fails with the whole answer when it is not the status expected. */
export const expectStatus = (reply: HttpReply, status: number): HttpReply => {
  expect({ status: reply.status, body: reply.status === status ? '' : reply.text }).toEqual({ status, body: '' });
  return reply;
};

/** The body of a reply that must be a 200. */
export const chatBody = (reply: HttpReply): ChatBody => expectStatus(reply, 200).json() as ChatBody;

export const batchOf = (reply: HttpReply): Batch => {
  const body = chatBody(reply);
  return {
    state: body.chatIxnState,
    position: Number(body.transcriptPosition),
    events: body.transcriptToShow ?? [],
  };
};

/** Without the seconds, which depend on the machine. */
export const withoutSeconds = (events: readonly WireEvent[]): readonly (readonly string[])[] =>
  events.map(([type, nickname, text, , party]) => [type, nickname, text, party]);

export const textsOf = (events: readonly WireEvent[]): readonly string[] =>
  events.filter(([type]) => type === 'Message.Text').map(([, , text]) => text);

/** Creates a basic service and gives its id. */
export const createService = async (client: HttpClient, options: RequestOptions = {}): Promise<string> => {
  const body = expectStatus(await client.post(`${SERVICE}/request-chat`, options), 200).json() as { _id: string };
  return body._id;
};

/** Creates a basic service and starts its chat; Vasya Pupkin is the customer unless the form says otherwise. */
export const startChat = async (
  client: HttpClient,
  { form = { firstName: 'Vasya', lastName: 'Pupkin', subject: 'test' }, headers }: RequestOptions = {},
): Promise<Chat> => {
  const withHeaders = headers === undefined ? {} : { headers };
  const id = await createService(client, withHeaders);
  const body = chatBody(await client.post(chatPath(id), { form, ...withHeaders }));
  return { id, sessionId: body.chatSessionId };
};

/** Asks for everything after a position. It moves the server's cursor, as any refresh does. */
export const readFrom = async (client: HttpClient, chat: Chat, position: number): Promise<Batch> =>
  batchOf(await client.post(chatPath(chat.id, 'refresh'), { form: { transcriptPosition: String(position) } }));
