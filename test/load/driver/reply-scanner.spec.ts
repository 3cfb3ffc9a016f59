import { ReplyScanner } from './reply-scanner.js';

const reply = (body: string, status = 200): string =>
  `HTTP/1.1 ${status} OK\r\nContent-Type: text/plain\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

describe('ReplyScanner', () => {
  it('finds the end of a reply that comes at once', () => {
    const scanner = new ReplyScanner();
    expect(scanner.take(Buffer.from(reply('abc')))).toBe(true);
    expect([scanner.status, scanner.bodyBytes]).toEqual([200, 3]);
  });

  it('finds the end of a reply however it is cut, and of the one after it', () => {
    const scanner = new ReplyScanner();
    for (const [text, status] of [
      [reply('first'), 200],
      [reply('second', 503), 503],
      [reply(''), 200],
    ] as const) {
      const bytes = [...Buffer.from(text)].map((byte) => Buffer.from([byte]));
      expect(bytes.map((byte) => scanner.take(byte)).indexOf(true)).toBe(bytes.length - 1);
      expect(scanner.status).toBe(status);
    }
  });

  it('takes no reply without a length', () => {
    expect(() => new ReplyScanner().take(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'))).toThrow('Content-Length');
  });
});
