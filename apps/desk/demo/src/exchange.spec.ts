import { execFileSync } from 'node:child_process';
import { curlOf, type Exchange, keepExchange, newExchange, pretty } from './exchange.js';

const exchange = (title: string): Exchange =>
  newExchange({ kind: 'push', title, headers: {}, sent: '', came: '', status: '', tookMs: 0, curl: '' });

describe('the exchanges', () => {
  it('are kept newest first, and no more than two hundred', () => {
    let kept: readonly Exchange[] = [];
    for (let n = 1; n <= 201; n += 1) kept = keepExchange(kept, exchange(String(n)));
    expect([kept.length, kept[0]?.title, kept.at(-1)?.title]).toEqual([200, '201', '2']);
  });

  it('show JSON in lines and everything else as it came', () => {
    expect(pretty('{"a":1}')).toBe('{\n  "a": 1\n}');
    expect(pretty('OK')).toBe('OK');
  });
});

describe('a request as a command line', () => {
  it('is one word a value for the shell, whatever stands in it', () => {
    const message = `it's $(id) "so" \`id\` & \n two`;
    const line = curlOf({
      method: 'POST',
      url: 'http://localhost:8080/genesys/1/service/1/ixn/chat/send',
      headers: { gms_user: "o'neil" },
      form: { message },
    });
    const words = execFileSync('sh', ['-c', `curl() { printf '%s\\0' "$@"; }; ${line}`], { encoding: 'utf8' });
    expect(words.split('\0').slice(0, -1)).toEqual([
      '-X',
      'POST',
      '-H',
      "gms_user: o'neil",
      '--data-urlencode',
      `message=${message}`,
      'http://localhost:8080/genesys/1/service/1/ixn/chat/send',
    ]);
  });

  it('carries a body as it is', () => {
    expect(curlOf({ method: 'POST', url: 'http://h/', headers: {}, body: '[{}]' })).toBe(
      "curl -X POST --data-raw '[{}]' 'http://h/'",
    );
  });
});
