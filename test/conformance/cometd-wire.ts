import { HttpClient } from '../support/http.js';
import { askBayeux, type BayeuxReply, COMETD, userHeader } from './cometd-session.js';
import { CometdSocket } from './cometd-websocket.js';
import { expectStatus } from './customer.js';

/** The ways in which Bayeux messages travel, as handshakes name them. */
export const CONNECTION_TYPES = ['long-polling', 'callback-polling', 'websocket'] as const;
export type ConnectionType = (typeof CONNECTION_TYPES)[number];

/** Asks over one of them, whichever it is. */
export interface Wire {
  /** One message or an array of them. */
  readonly ask: (message: unknown) => Promise<readonly BayeuxReply[]>;
  readonly close: () => void;
}

/** What stands around the JSON of a JSON-P reply. */
const SCRIPT = /^\/\*\*\/app\.jsonp_1\((.*)\);$/s;

const askByScript = async (
  client: HttpClient,
  message: unknown,
  user: string | undefined,
): Promise<readonly BayeuxReply[]> => {
  const query = new URLSearchParams({ jsonp: 'app.jsonp_1', message: JSON.stringify(message) });
  const reply = await client.get(`${COMETD}?${query.toString()}`, { headers: userHeader(user) });
  expectStatus(reply, 200);
  expect(reply.headers['content-type']).toBe('text/javascript;charset=UTF-8');
  expect(reply.headers['x-content-type-options']).toBe('nosniff');
  const [, json] = SCRIPT.exec(reply.text) ?? [];
  if (json === undefined) throw new Error(`expected a call of app.jsonp_1, got ${reply.text}`);
  return JSON.parse(json) as readonly BayeuxReply[];
};

/** @param url - of a gateway @param user - in the header `gms_user`; undefined for none */
export const openWire = async (type: ConnectionType, url: string, user: string | undefined): Promise<Wire> => {
  if (type === 'websocket') {
    const socket = await CometdSocket.open(url, { user });
    return {
      ask: (message) => socket.ask(message),
      close: () => {
        socket.close();
      },
    };
  }
  const client = new HttpClient(url);
  return {
    ask: (message) =>
      type === 'long-polling' ? askBayeux(client, message, { user }) : askByScript(client, message, user),
    close: () => {
      client.close();
    },
  };
};
