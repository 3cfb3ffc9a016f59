import type { Chat } from '../conformance/customer.js';
import type { RawOptions } from '../support/http.js';

/** One row of a table of attacks. */
export interface Attack {
  readonly name: string;
  /** What goes out, byte for byte (a string as latin1); a function is given a chat of the attacker's own. */
  readonly bytes: string | Buffer | ((chat: Chat) => string | Buffer);
  /** Statuses allowed for the first answer; 0: the connection may close without one. */
  readonly allowed: readonly number[];
  /** What a 200 must have stored; otherwise nothing may be there. */
  readonly text?: string;
  /** Answers allowed on the connection. @defaultValue 1 */
  readonly answers?: number;
  readonly options?: RawOptions;
  /** May not appear in the answer. */
  readonly forbids?: RegExp;
  /** The answer is there within so many milliseconds. */
  readonly withinMs?: number;
  /** May not appear in the log. */
  readonly secrets?: readonly string[];
}

export const FORM = 'application/x-www-form-urlencoded';

/** The head of a request. */
export const head = (line: string, headers: Readonly<Record<string, string>>): string =>
  `${line}\r\nHost: parley\r\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;

/** A well-framed request with any body; `{id}` in its line stands for the id of the attacker's chat. */
export const request = (
  line: string,
  body: string | Buffer = '',
  headers: Readonly<Record<string, string>> = {},
): ((chat: Pick<Chat, 'id'>) => Buffer) => {
  const bytes = Buffer.from(body);
  return ({ id }) =>
    Buffer.concat([
      Buffer.from(
        head(`${line.replaceAll('{id}', id)} HTTP/1.1`, {
          'Content-Length': String(bytes.length),
          Connection: 'close',
          ...headers,
        }),
        'latin1',
      ),
      bytes,
    ]);
};

export const REFRESH = 'POST /genesys/1/service/{id}/ixn/chat/refresh';
export const SEND = 'POST /genesys/1/service/{id}/ixn/chat/send';

/** A `send` with any body. */
export const send = (body: string | Buffer, type = FORM): Attack['bytes'] =>
  request(SEND, body, { 'Content-Type': type });

export const sendJson = (body: string | Buffer): Attack['bytes'] => send(body, 'application/json');

/** A `send` of one text. */
export const say = (text: string): Attack['bytes'] => send(`message=${encodeURIComponent(text)}`);

export const positioned = (position: string): Attack['bytes'] =>
  request(REFRESH, `transcriptPosition=${encodeURIComponent(position)}`, { 'Content-Type': FORM });
