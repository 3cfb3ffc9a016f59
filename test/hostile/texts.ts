import { type Attack, request, say, SEND, sendJson } from './attack.js';
import { MALFORMED, OK, TOO_LARGE, VALUE } from './statuses.js';

/** What customers write, and what others would like us to make something else of. */
const TEXTS: readonly (readonly [name: string, text: string])[] = [
  ['a family of emoji', '👩‍👩‍👧‍👦 🏳️‍🌈 👍🏿'],
  ['flags', '🇩🇪🇧🇷🏴󠁧󠁢󠁥󠁮󠁧󠁿'],
  ['text from the right, with overrides', '\u202eabc\u202c \u2067שלום\u2069 مرحبا'],
  ['stacked marks', 'Z̴̢̛̺͎a̷͉̋l̵̦̈g̶̣̾o̸̞͑'],
  ['composed and decomposed letters', 'é e\u0301 ﬁ ß İı'],
  ['letters beyond the first plane', '𝕳𝖊𝖑𝖑𝖔 𠜎'],
  ['characters that are none', '\ufffe\uffff\u{1fffe}'],
  ['the sign for what could not be read', '\ufffd'],
  ['a byte order mark within', 'a\ufeffb'],
  ['characters of no width', 'a\u200b\u200c\u200d\u2060\u00adb'],
  ['other line ends', 'a\u2028b\u2029c'],
  ['a tab', 'a\tb'],
  ['line breaks', 'a\r\nb\nc\rd'],
  ['blanks alone', '   '],
  ['HTML', '<img src=x onerror=alert(1)>&lt;&amp;"\''],
  ['a script', '</script><script>alert(1)</script>'],
  ['SQL', "'; DROP TABLE events; --"],
  ['templates', '${7*7} {{7*7}} #{7*7} <%= 7*7 %>'],
  ['a shell', '$(reboot) `reboot` | reboot'],
  ['a path', '../../etc/passwd\\..\\'],
  ['what looks escaped', '%00 %0d%0a &#0; \\u0000 \\x00'],
  ['what looks like JSON', '{"a":[1,null],"__proto__":{}}'],
  ['what looks like a form', 'a=b&message=c&transcriptPosition=0'],
  ['what looks like an event', '["Message.Text","Admin","x","0","AGENT"]'],
  ['what looks like a header', 'x\r\nSet-Cookie: a=b'],
  ['a log line', 'x\n{"level":60,"msg":"forged"}'],
  ['printf', '%s%n%x %d'],
  ['a formula', '=cmd|"/c calc"!A1'],
  ['a URL', 'javascript:alert(1)//http://evil.example'],
  ['a word of Redis', '*1\r\n$8\r\nFLUSHALL\r\n'],
  ['names of objects', '__proto__ constructor toString hasOwnProperty'],
  ['null in words', 'null'],
  ['a number', '-0'],
  ['a number beyond all', '1e309'],
  ['plus signs and per cents', '1 + 1 = 200 %'],
];

/** What may not be stored at all, since it would steer a terminal or is no text. */
const REFUSED: readonly (readonly [name: string, text: string])[] = [
  ['NUL', 'a\u0000b'],
  ['a bell', 'a\u0007b'],
  ['a colour', '\u001b[31mred'],
  ['a deletion', 'a\u007fb'],
  ['a control of the second kind', 'a\u009b31mb'],
  ['a form feed', 'a\fb'],
];

const multipart = (text: string): Attack['bytes'] =>
  request(SEND, `--x\r\nContent-Disposition: form-data; name="message"\r\n\r\n${text}\r\n--x--\r\n`, {
    'Content-Type': 'multipart/form-data; boundary=x',
  });

const WAYS: readonly (readonly [name: string, send: (text: string) => Attack['bytes']])[] = [
  ['as a form', say],
  ['as JSON', (text) => sendJson(JSON.stringify({ message: text }))],
  ['as a part', multipart],
];

/** Texts by each kind of body: stored to the letter, or refused as a whole. No text stands in the log. */
export const texts: readonly Attack[] = [
  ...TEXTS.flatMap(([name, text]) =>
    WAYS.map(([way, bytes]): Attack => ({
      name: `${name}, ${way}`,
      bytes: bytes(text),
      allowed: [OK],
      text,
    })),
  ),
  ...REFUSED.flatMap(([name, text]) =>
    WAYS.map(([way, bytes]): Attack => ({ name: `${name}, ${way}`, bytes: bytes(text), allowed: [VALUE] })),
  ),
  {
    name: 'half a character, as JSON',
    bytes: sendJson('{"message":"a\\udc00b"}'),
    allowed: [MALFORMED, VALUE],
  },
  { name: '4,096 emoji', bytes: say('👍'.repeat(4_096)), allowed: [OK], text: '👍'.repeat(4_096) },
  { name: '4,097 emoji', bytes: say('👍'.repeat(4_097)), allowed: [TOO_LARGE] },
  {
    name: '4,096 line breaks, as JSON',
    bytes: sendJson(JSON.stringify({ message: '\n'.repeat(4_096) })),
    allowed: [OK, VALUE],
    text: '\n'.repeat(4_096),
  },
];
