import { Busboy } from '@fastify/busboy';
import fc from 'fast-check';
import { DEFAULT_REQUEST_LIMITS, type Parameters, parseParameters, RequestError, type RequestParts } from './index.js';

const FORM = 'application/x-www-form-urlencoded';
const limits = DEFAULT_REQUEST_LIMITS;

const parse = (parts: Partial<RequestParts>): Parameters =>
  parseParameters({ query: undefined, contentType: undefined, body: undefined, limits, ...parts });
const form = (body: string | Buffer, contentType = FORM): Parameters =>
  parse({ contentType, body: typeof body === 'string' ? Buffer.from(body) : body });
const json = (body: string): Parameters => parse({ contentType: 'application/json', body: Buffer.from(body) });
const multipart = (body: string | Buffer, contentType = 'multipart/form-data; boundary=B'): Parameters =>
  form(body, contentType);
const part = (headers: string, content: string): string => `--B\r\n${headers}\r\n\r\n${content}\r\n`;
const field = (name: string, value: string): string =>
  part(`Content-Disposition: form-data; name="${name}"`, value) + '--B--\r\n';

/** The error of a request that must be refused. */
const refusal = (attempt: () => unknown): RequestError => {
  try {
    attempt();
  } catch (error) {
    if (error instanceof RequestError) return error;
    throw error;
  }
  throw new Error('was accepted');
};
const kindOf = (attempt: () => unknown): string => refusal(attempt).kind;

describe('parameters of a form', () => {
  it('are read with plus signs as blanks and escapes as UTF-8', () => {
    expect([...form('_verbose=true&message=hello+agent%2C+gr%C3%BC%C3%9Fe&empty=&bare')]).toEqual([
      ['_verbose', 'true'],
      ['message', 'hello agent, grüße'],
      ['empty', ''],
      ['bare', ''],
    ]);
  });

  it('count as omitted when they are empty', () => {
    const parameters = form('message=');
    expect(parameters.get('message')).toBeUndefined();
    expect(parameters.has('message')).toBe(true);
    expect(parameters.has('other')).toBe(false);
  });

  it('keep the first value of a name that is repeated', () => {
    expect(form('a=1&a=2&a=3').get('a')).toBe('1');
  });

  it('keep array-like and nested names as they are', () => {
    expect([...form('a[]=1&a[]=2&b[c][d]=3&e.f=4')]).toEqual([
      ['a[]', '1'],
      ['b[c][d]', '3'],
      ['e.f', '4'],
    ]);
  });

  it('may be named like parts of an object without touching any', () => {
    const parameters = form('__proto__=x&constructor=y&__proto__[polluted]=z');
    expect(parameters.get('__proto__')).toBe('x');
    expect(parameters.get('constructor')).toBe('y');
    expect(parameters.get('toString')).toBeUndefined();
    expect(parameters.has('hasOwnProperty')).toBe(false);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it.each(['a=b=c', 'a=b=c&', '&&a=b=c', '=&a=b=c'])('split %s at the first equals sign only', (text) => {
    expect([...form(text)]).toEqual([['a', 'b=c']]);
  });

  it.each([
    ['raw', Buffer.from('message=שלום 👩‍👩‍👧 \u202Eمرحبا\u202C')],
    ['escaped', Buffer.from(`message=${encodeURIComponent('שלום 👩‍👩‍👧 \u202Eمرحبا\u202C')}`)],
  ])('hold emoji and right-to-left text, %s', (_how, body) => {
    expect(form(body).get('message')).toBe('שלום 👩‍👩‍👧 \u202Eمرحبا\u202C');
  });

  it('hold tabs and line breaks', () => {
    expect(form('message=a%0D%0Ab%09c').get('message')).toBe('a\r\nb\tc');
  });

  it.each([
    'message=100%',
    'message=%4',
    'message=%zz',
    'message=%C0%AF',
    'message=%E0%80%AF',
    'message=%FF',
    'message=%C3',
    'message=%ED%A0%80',
    'message=%F4%90%80%80',
    '%zz=1',
    'good=1&message=%',
  ])('are refused as a whole for broken escapes or overlong UTF-8: %s', (text) => {
    expect(kindOf(() => form(text))).toBe('malformed');
    expect(kindOf(() => parse({ query: text }))).toBe('malformed');
  });

  it.each([[0xff], [0xc0, 0xaf], [0xe0, 0x80, 0xaf], [0xed, 0xa0, 0x80], [0xc3], [0xf4, 0x90, 0x80, 0x80]])(
    'are refused as a whole for raw bytes that are not UTF-8: %p',
    (...bytes) => {
      const body = Buffer.concat([Buffer.from('message=a'), Buffer.from(bytes)]);
      expect(kindOf(() => form(body))).toBe('malformed');
      expect(kindOf(() => parse({ query: body.toString('latin1') }))).toBe('malformed');
    },
  );

  it.each(['%00', '%01', '%08', '%0B', '%0C', '%1B', '%1F', '%7F', '%C2%80', '%C2%9F', '\0'])(
    'are refused for the control character %j, by name',
    (control) => {
      const error = refusal(() => form(`message=secret${control}`));
      expect(error.kind).toBe('incorrect-value');
      expect(error.message).toMatch(/^message /);
      expect(error.message).not.toContain('secret');
      expect(kindOf(() => form(`na${control}me=1`))).toBe('incorrect-value');
    },
  );

  it.each(['%0A', '%0D', '%09'])('are refused for %s in a name', (control) => {
    expect(kindOf(() => form(`a${control}b=1`))).toBe('incorrect-value');
  });

  it('never carry a hostile name into an error', () => {
    const { message } = refusal(() => form(`<script>"\u2028${'x'.repeat(200)}=%00`));
    expect(message).toMatch(/^\?script\?\?\?x{50,60}… must be text/);
  });

  it('need a name', () => {
    expect(kindOf(() => form('=1'))).toBe('malformed');
  });
});

describe('the character set of a form', () => {
  it.each(['utf-8', 'UTF-8', '"utf-8"', 'utf8'])('may be said to be %s', (charset) => {
    expect(form('m=%C3%A9é', `${FORM}; charset=${charset}`).get('m')).toBe('éé');
  });

  it.each(['iso-8859-1', 'ISO-8859-1', 'windows-1252', 'latin1'])('may be %s', (charset) => {
    const body = Buffer.from('m=%E9\xe9%80+\x80&ascii=%41', 'latin1');
    const parameters = form(body, `${FORM};charset=${charset}`);
    expect(parameters.get('m')).toBe('éé€ €');
    expect(parameters.get('ascii')).toBe('A');
    expect(kindOf(() => form('m=%81', `${FORM};charset=${charset}`))).toBe('incorrect-value');
    expect(kindOf(() => form('m=%8', `${FORM};charset=${charset}`))).toBe('malformed');
  });

  it('may be US-ASCII, and is then kept to', () => {
    expect(form('m=%41b', `${FORM};charset=us-ascii`).get('m')).toBe('Ab');
    expect(kindOf(() => form('m=%E9', `${FORM};charset=us-ascii`))).toBe('malformed');
    expect(kindOf(() => form('m=é', `${FORM};charset=us-ascii`))).toBe('malformed');
  });

  it.each(['utf-16', 'utf-7', 'shift_jis', 'constructor'])('may not be %s', (charset) => {
    expect(kindOf(() => form('m=1', `${FORM}; charset=${charset}`))).toBe('unsupported-media-type');
    expect(kindOf(() => form('{}', `application/json; charset=${charset}`))).toBe('unsupported-media-type');
  });
});

describe('the content type', () => {
  it.each(['text/plain', 'application/xml', 'text/xml', 'application/jsonx', 'application/<code>', '', 'garbage'])(
    '%j with a body is not supported',
    (contentType) => {
      expect(kindOf(() => form('a=1', contentType))).toBe('unsupported-media-type');
    },
  );

  it('is needed for a body', () => {
    expect(kindOf(() => parse({ body: Buffer.from('a=1') }))).toBe('unsupported-media-type');
  });

  it.each([undefined, 'text/xml', FORM, 'application/json', 'multipart/form-data'])(
    '%s without a body has no parameters',
    (contentType) => {
      expect([...parse({ contentType, body: Buffer.alloc(0) })]).toEqual([]);
      expect([...parse({ contentType })]).toEqual([]);
    },
  );

  it('is read in any case', () => {
    expect(form('a=1', 'Application/X-WWW-Form-URLencoded ; Charset=UTF-8').get('a')).toBe('1');
  });

  it('alone says whether the application speaks JSON', () => {
    expect(json('{}').isJson).toBe(true);
    expect(parse({ contentType: 'application/json;charset=UTF-8' }).isJson).toBe(true);
    expect(form('{"a":1}').isJson).toBe(false);
    expect(parse({}).isJson).toBe(false);
  });
});

describe('query and body', () => {
  it('are read together, and the body wins', () => {
    const parameters = parse({ query: 'a=query&b=2', contentType: FORM, body: Buffer.from('a=body&c=3') });
    expect([...parameters]).toEqual([
      ['a', 'body'],
      ['c', '3'],
      ['b', '2'],
    ]);
  });

  it('takes raw UTF-8 in the query as node hands it on', () => {
    expect(parse({ query: Buffer.from('m=é👍').toString('latin1') }).get('m')).toBe('é👍');
    expect(kindOf(() => parse({ query: 'm=👍' }))).toBe('malformed');
  });
});

describe('the limits', () => {
  it('hold for the number of parameters, of query and body together', () => {
    const many = Array.from({ length: 5_000 }, (_, index) => `n${index}=1`).join('&');
    expect(kindOf(() => form(many))).toBe('too-large');
    expect(kindOf(() => form('a=1&'.repeat(65)))).toBe('too-large');
    const half = (prefix: string): string => Array.from({ length: 33 }, (_, index) => `${prefix}${index}=1`).join('&');
    expect([...form(half('a'))]).toHaveLength(33);
    expect(kindOf(() => parse({ query: half('q'), contentType: FORM, body: Buffer.from(half('b')) }))).toBe(
      'too-large',
    );
  });

  it('hold for bytes, 2 MB for one', () => {
    const huge = Buffer.alloc(2_000_000, 'a');
    expect(kindOf(() => form(huge))).toBe('too-large');
    expect(kindOf(() => form(huge, 'application/json'))).toBe('too-large');
    expect(kindOf(() => multipart(huge))).toBe('too-large');
    expect(kindOf(() => parse({ query: huge.toString() }))).toBe('too-large');
  });

  it('hold for names and values', () => {
    expect(form(`${'n'.repeat(256)}=1`).get('n'.repeat(256))).toBe('1');
    expect(kindOf(() => form(`${'n'.repeat(257)}=1`))).toBe('too-large');
    expect(refusal(() => form(`subject=${'v'.repeat(limits.valueLength + 1)}`)).message).toBe(
      'subject must have at most 16384 characters, got 16385',
    );
  });
});

describe('a JSON body', () => {
  it('gives its members as text', () => {
    const body = '{"message":"hi","transcriptPosition":5,"_verbose":true,"price":1.10,"none":null,"empty":""}';
    expect([...json(body)]).toEqual([
      ['message', 'hi'],
      ['transcriptPosition', '5'],
      ['_verbose', 'true'],
      ['price', '1.10'],
      ['empty', ''],
    ]);
  });

  it('gives nested values as their JSON text, to the letter', () => {
    const body = '{"a":{"b":[1,"}",null]},"c":[], "d":{"x":12345678901234567890 } ,"e":"\\u0065,\\"]"}';
    expect([...json(body)]).toEqual([
      ['a', '{"b":[1,"}",null]}'],
      ['c', '[]'],
      ['d', '{"x":12345678901234567890 }'],
      ['e', 'e,"]'],
    ]);
  });

  it('keeps every digit of a number', () => {
    const body = '{"account":12345678901234567890,"account\\u0032":9007199254740993,"big":1e309,"minus":-0}';
    expect([...json(body)]).toEqual([
      ['account', '12345678901234567890'],
      ['account2', '9007199254740993'],
      ['big', '1e309'],
      ['minus', '0'],
    ]);
  });

  it('may name a member like a part of an object', () => {
    const parameters = json('{"__proto__":"x","constructor":{"prototype":{"polluted":1}}}');
    expect(parameters.get('__proto__')).toBe('x');
    expect(parameters.get('constructor')).toBe('{"prototype":{"polluted":1}}');
  });

  it('takes the last of two members with one name', () => {
    expect(json('{"a":1,"a":"2"}').get('a')).toBe('2');
    expect(json('{"a":"1","a":[2.5]}').get('a')).toBe('[2.5]');
  });

  it('may begin with a byte order mark', () => {
    expect(json('\uFEFF{"a":[1]}').get('a')).toBe('[1]');
  });

  it.each(['[]', '"text"', '5', 'null', 'true', '{', '{"a":}', '{"a":1}x', 'a=1', '{"a":"\n"}'])(
    'that is not an object is malformed: %j',
    (body) => {
      expect(kindOf(() => json(body))).toBe('malformed');
    },
  );

  it('may not nest without end', () => {
    const deep = (depth: number): string => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    expect(json(deep(31)).get('a')).toHaveLength(62);
    expect(kindOf(() => json(deep(32)))).toBe('malformed');
    expect(kindOf(() => json(deep(30_000)))).toBe('malformed');
    expect(kindOf(() => form(deep(30_000)))).toBe('malformed');
    expect(kindOf(() => json('['.repeat(60_000)))).toBe('malformed');
  });

  it.each(['"\\ud800"', '"\\udc00\\ud800"', '"\\u0000"', '"\\u001b[31m"', '["\\ud800"]', '{"\\u0000":1}'])(
    'may not hold lone surrogates or controls: %s',
    (value) => {
      const error = refusal(() => json(`{"subject":${value}}`));
      expect(error.kind).toBe('incorrect-value');
      expect(error.message).toMatch(/^subject /);
    },
  );

  it('may not name a member with a lone surrogate', () => {
    expect(kindOf(() => json('{"\\ud800":"x"}'))).toBe('incorrect-value');
  });

  it('is taken under the label of a form, when it is an object', () => {
    expect(form(' \r\n{"message":"a=b&c","n":2}').get('message')).toBe('a=b&c');
    expect(form('{"message":1').get('{"message":1')).toBeUndefined();
    expect(form('{a=1').get('{a')).toBe('1');
  });
});

describe('a multipart body', () => {
  it('gives fields and files', () => {
    const parameters = multipart(
      part('Content-Disposition: form-data; name="message"', 'a\r\n--b\r\nгрüße') +
        part('content-disposition: form-data; name=empty', '') +
        part(
          'Content-Disposition: form-data; name="f"; filename="C:\\Users\\me\\a.bin"\r\nContent-Type: image/png',
          '\0\xff',
        ) +
        part('Content-Disposition: form-data; name="none"; filename=""\r\nContent-Type: application/octet-stream', '') +
        '--B--\r\nepilogue',
    );
    expect([...parameters]).toEqual([
      ['message', 'a\r\n--b\r\nгрüße'],
      ['empty', ''],
    ]);
    expect(parameters.files).toEqual([
      { field: 'f', fileName: 'a.bin', contentType: 'image/png', bytes: Buffer.from('\0\xff') },
    ]);
  });

  it('may have a preamble, blanks behind a boundary and a quoted boundary', () => {
    const body = `hello\r\n--=_Part 7 \r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--=_Part 7--`;
    expect([...multipart(body, 'multipart/form-data; boundary="=_Part 7"')]).toEqual([['a', '1']]);
  });

  it('may be empty', () => {
    expect([...multipart('--B--')]).toEqual([]);
  });

  it('reads names with quotes and names of files in UTF-8', () => {
    const parameters = multipart(
      part('Content-Disposition: form-data; name="a\\"; b=\\\\"; x=1', '1') +
        part(`Content-Disposition: form-data; name="f"; filename*=UTF-8''na%C3%AFve.txt`, 'x') +
        '--B--',
    );
    expect(parameters.get('a"; b=\\')).toBe('1');
    expect(parameters.files[0]?.fileName).toBe('naïve.txt');
  });

  it('honours the character set of a part', () => {
    const headers = 'Content-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=';
    const body = (charset: string): Buffer => Buffer.from(part(headers + charset, '\xe9') + '--B--', 'latin1');
    expect(multipart(body('ISO-8859-1')).get('a')).toBe('é');
    expect(kindOf(() => multipart(body('utf-8')))).toBe('malformed');
    expect(kindOf(() => multipart(body('utf-16')))).toBe('unsupported-media-type');
  });

  it.each([
    'multipart/form-data',
    'multipart/form-data; boundary=',
    'multipart/form-data; boundary="<>"',
    `multipart/form-data; boundary=${'b'.repeat(71)}`,
    'multipart/form-data; boundary=other',
  ])('without its boundary is malformed: %s', (contentType) => {
    expect(kindOf(() => multipart(field('a', '1'), contentType))).toBe('malformed');
  });

  it('is malformed wherever it is cut off', () => {
    const whole = field('a', 'value').trimEnd();
    for (let length = 1; length < whole.length; length += 1) {
      expect(kindOf(() => multipart(whole.slice(0, length)))).toBe('malformed');
    }
    expect(multipart(whole).get('a')).toBe('value');
  });

  it.each([
    part('Content-Disposition: form-data', 'x'),
    part('Content-Disposition: attachment; name="a"', 'x'),
    part('Content-Type: text/plain', 'x'),
    part('no colon', 'x'),
    part('Content-Disposition: form-data; name="a', 'x'),
    part(`Content-Disposition: form-data; name="a"\r\nX: ${'x'.repeat(5_000)}`, 'x'),
    '--Bx\r\n',
    '--B\n',
  ])('with a part that nobody could name is malformed', (parts) => {
    expect(kindOf(() => multipart(`${parts}--B--`))).toBe('malformed');
  });

  it('takes no encoded and no nested parts', () => {
    const disposition = 'Content-Disposition: form-data; name="a"';
    for (const header of ['Content-Transfer-Encoding: base64', 'Content-Type: multipart/mixed; boundary=C']) {
      expect(kindOf(() => multipart(part(`${disposition}\r\n${header}`, 'eA==') + '--B--'))).toBe(
        'unsupported-media-type',
      );
    }
  });

  it('keeps the rules for values and the limits', () => {
    expect(kindOf(() => multipart(field('a', '\0')))).toBe('incorrect-value');
    expect(kindOf(() => multipart(field('a\tb', '1')))).toBe('incorrect-value');
    expect(kindOf(() => multipart(Buffer.from(field('a', '\xff'), 'latin1')))).toBe('malformed');
    expect(kindOf(() => multipart(Buffer.from(field('\xff', 'a'), 'latin1')))).toBe('malformed');
    for (const more of ['', '; filename=""']) {
      const one = part(`Content-Disposition: form-data; name="a"${more}`, '');
      expect(kindOf(() => multipart(one.repeat(65) + '--B--'))).toBe('too-large');
    }
    expect(
      kindOf(() => multipart(part('Content-Disposition: form-data; name="f"; filename="a\tb"', '1') + '--B--')),
    ).toBe('incorrect-value');
  });
});

describe('any request', () => {
  /** Text that a customer may write: whole characters, no controls but tab and line breaks. */
  const text = fc.string({ unit: 'binary', maxLength: 60 }).filter((value) => !/[^\P{Cc}\t\n\r]/u.test(value));
  const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));

  it('keeps every text exactly through a form, escaped by either rule', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(form(new URLSearchParams({ m: value }).toString()).get('m') ?? '').toBe(value);
        expect(form(`m=${encodeURIComponent(value)}`).get('m') ?? '').toBe(value);
        expect(parse({ query: `m=${encodeURIComponent(value)}` }).get('m') ?? '').toBe(value);
      }),
    );
  });

  it('keeps every text exactly through multipart', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(multipart(field('m', value)).get('m') ?? '').toBe(value);
      }),
    );
  });

  it('keeps every text exactly through JSON, under either label', () => {
    fc.assert(
      fc.property(text, (value) => {
        const body = JSON.stringify({ m: value, nested: { value } });
        expect(json(body).get('m') ?? '').toBe(value);
        expect(form(body).get('m') ?? '').toBe(value);
        expect(JSON.parse(json(body).get('nested') ?? '')).toEqual({ value });
      }),
    );
  });

  it('keeps the members of any JSON object', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[a-z"{}[\],:\\]{1,5}$/), fc.jsonValue({ maxDepth: 3 })),
        (object) => {
          let parameters: Parameters;
          try {
            parameters = json(JSON.stringify(object, undefined, 1));
          } catch (error) {
            expect(error).toMatchObject({ kind: 'incorrect-value' });
            return;
          }
          for (const [name, value] of Object.entries(object)) {
            const read = parameters.get(name);
            if (value === null) expect(read).toBeUndefined();
            else if (typeof value === 'string') expect(read ?? '').toBe(value);
            else expect(JSON.parse(read ?? '')).toEqual(JSON.parse(JSON.stringify(value)));
          }
        },
      ),
    );
  });

  it('gives the files of a multipart body byte for byte', () => {
    fc.assert(
      fc.property(bytes, (content) => {
        const head = '--BOUNDARY\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n';
        const body = Buffer.concat([Buffer.from(head), content, Buffer.from('\r\n--BOUNDARY--')]);
        expect(multipart(body, 'multipart/form-data; boundary=BOUNDARY').files[0]?.bytes.equals(content)).toBe(true);
      }),
    );
  });

  it('is understood as another parser understands it, when it is multipart', async () => {
    const pair = fc.tuple(fc.stringMatching(/^[a-z_]{1,8}$/), text);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(pair, { selector: ([name]) => name, maxLength: 5 }), async (pairs) => {
        const body =
          pairs.map(([name, value]) => part(`Content-Disposition: form-data; name="${name}"`, value)).join('') +
          '--B--\r\n';
        const judged: (readonly [string, string])[] = [];
        const judge = new Busboy({ headers: { 'content-type': 'multipart/form-data; boundary=B' } });
        judge.on('field', (name, value) => judged.push([name, value]));
        await new Promise((resolve) => judge.on('finish', resolve).end(body));
        expect([...multipart(body)]).toEqual(judged);
      }),
      { numRuns: 50 },
    );
  });

  it('is read or refused, whatever the bytes', () => {
    const contentType = fc.oneof(
      fc.constantFrom(
        FORM,
        `${FORM};charset=iso-8859-1`,
        `${FORM};charset=us-ascii`,
        'application/json',
        'multipart/form-data; boundary=B',
      ),
      fc.string(),
      fc.constant(undefined),
    );
    const hostile = fc
      .array(
        fc.oneof(
          bytes,
          fc
            .constantFrom(
              '--B',
              '\r\n',
              '--',
              '%',
              '%C3',
              '&',
              '=',
              '{',
              '"',
              ':',
              '[',
              ']',
              '}',
              '\\',
              ';',
              'filename=',
            )
            .map((token) => Buffer.from(token)),
          fc.constant(Buffer.from('Content-Disposition: form-data; name="a"')),
        ),
        { maxLength: 20 },
      )
      .map((pieces) => Buffer.concat(pieces));
    fc.assert(
      fc.property(
        contentType,
        hostile,
        fc.option(fc.string({ unit: 'binary' }), { nil: undefined }),
        (type, body, query) => {
          try {
            for (const [name, value] of parse({ contentType: type, body, query })) {
              expect(`${name}${value}`).not.toMatch(/[^\P{Cc}\t\n\r]|\p{Cs}/u);
            }
          } catch (error) {
            if (!(error instanceof RequestError)) throw error;
            expect(error.message).toMatch(/^[ -~…≥]+$/);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
