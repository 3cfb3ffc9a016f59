import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SettingsError } from '@app/config';
import { readAgentsDocument } from './agents-document.js';
import { STANDARD_DESK } from './desk-lists.js';
import { tokenDigest } from './token-digest.js';

const TOKEN = 'qW3rTy-0123456789_abcDEF.~';
const OTHER = 'zZ9876543210zZ9876543210zZ';

const read = (source: string) => readAgentsDocument('agents.yaml', source);

/** One agent with these fields beside his id. */
const agent = (fields: string) => read(`agents:\n  - { id: ada, ${fields} }`);

describe('an agents file', () => {
  it('has agents, with tokens or their digests, and lists for desks', () => {
    const { agents, ids, desk } = read(`
agents:
  - id: ada
    nickname: Ada L.
    role: supervisor
    skills: { sales: 80, french: 100 }
    capacity: 5
    token: ${TOKEN}
  - id: bob
    skills: [sales]
    fallback: true
    token_sha256: ${tokenDigest(OTHER).toUpperCase()}
  - id: cyd
not_ready_reasons: [Tea]
dispositions: [{ code: sold, label: Sold something }, { code: lost }]
canned_responses: [{ shortcut: grüß, text: "Grüß Gott!\\nWas darf es sein?" }]
`);
    expect([...agents.values()]).toEqual([
      {
        ...{ id: 'ada', nickname: 'Ada L.', role: 'supervisor', skills: { sales: 80, french: 100 } },
        ...{ capacity: 5, isFallback: false },
      },
      { id: 'bob', nickname: 'bob', role: 'agent', skills: { sales: 100 }, capacity: 3, isFallback: true },
      { id: 'cyd', nickname: 'cyd', role: 'agent', skills: {}, capacity: 3, isFallback: false },
    ]);
    expect([...ids]).toEqual([
      [tokenDigest(TOKEN), 'ada'],
      [tokenDigest(OTHER), 'bob'],
    ]);
    expect(desk).toEqual({
      notReadyReasons: ['Tea'],
      dispositions: [
        { code: 'sold', label: 'Sold something' },
        { code: 'lost', label: 'lost' },
      ],
      cannedResponses: [{ shortcut: 'grüß', text: 'Grüß Gott!\nWas darf es sein?' }],
    });
  });

  it('may leave lists out, or have them empty', () => {
    expect(read('agents: []').desk).toEqual(STANDARD_DESK);
    expect(read('canned_responses: []').desk).toEqual({ ...STANDARD_DESK, cannedResponses: [] });
  });

  it('comes with an example that is sound once it has tokens', () => {
    const example = readFileSync(join(import.meta.dirname, '../../../docs/agents.example.yaml'), 'utf8');
    expect(() => read(example)).toThrow(
      new SettingsError(
        'agents.yaml: agents[0].token: expected letters, digits and ._~+/- only, with = at the end at most, got others',
      ),
    );
    let tokens = 0;
    const filled = example.replaceAll(/^( +token(_sha256)?): '<.*>'/gm, (_, key: string, digest?: string) => {
      tokens += 1;
      const token = `a-token-of-24-characters-${tokens}`;
      return `${key}: ${digest === undefined ? token : tokenDigest(token)}`;
    });
    const { agents, ids } = read(filled);
    expect([...agents.keys()]).toEqual(['ada', 'grace', 'linus', 'ops']);
    expect(ids.size).toBe(3);
  });

  it.each([
    ['token: tooShort', 'agents[0].token: expected 24 to 512 characters in quotes, got a text of 8 characters'],
    [
      `token: ${'x'.repeat(513)}`,
      'agents[0].token: expected 24 to 512 characters in quotes, got a text of 513 characters',
    ],
    ['token: 123456789012345678901234', 'agents[0].token: expected 24 to 512 characters in quotes, got a number'],
    ['token: ""', 'agents[0].token: expected 24 to 512 characters in quotes, got a text of 0 characters'],
    ['token: [x]', 'agents[0].token: expected 24 to 512 characters in quotes, got a list'],
    [
      `token: "${TOKEN} ${TOKEN}"`,
      'agents[0].token: expected letters, digits and ._~+/- only, with = at the end at most, got others',
    ],
    [
      `token: "pässwörter-${TOKEN}"`,
      'agents[0].token: expected letters, digits and ._~+/- only, with = at the end at most, got others',
    ],
    [
      `token_sha256: ${TOKEN}`,
      'agents[0].token_sha256: expected 64 hexadecimal digits in quotes, got a text of 26 characters',
    ],
    [
      `token_sha256: ${'1'.repeat(64)}`,
      'agents[0].token_sha256: expected 64 hexadecimal digits in quotes, got a number',
    ],
    [`token: ${TOKEN}, token_sha256: ${TOKEN}`, 'agents[0].token: expected either token or token_sha256, got both'],
    [
      `${TOKEN}: yes`,
      'agents[0]: expected only id, nickname, role, skills, capacity, fallback, token, token_sha256, got a text of 26 characters too',
    ],
    ['nickname: "two\\nlines"', 'agents[0].nickname: expected one line of 1 to 128 characters, got "two\\nlines"'],
    [
      `nickname: ${'x'.repeat(129)}`,
      'agents[0].nickname: expected one line of 1 to 128 characters, got a text of 129 characters',
    ],
    ['nickname: " "', 'agents[0].nickname: expected one line of 1 to 128 characters, got " "'],
    ['nickname: 7', 'agents[0].nickname: expected one line of 1 to 128 characters, got 7'],
    ['role: boss', 'agents[0].role: expected one of agent, supervisor, admin, got "boss"'],
    ['role: [agent]', 'agents[0].role: expected one of agent, supervisor, admin, got a list'],
    ['skills: sales', 'agents[0].skills: expected a mapping of levels or a list of names, got "sales"'],
    ['skills: { sales: 0 }', 'agents[0].skills.sales: expected a whole level from 1 to 100, got 0'],
    ['skills: { sales: 101 }', 'agents[0].skills.sales: expected a whole level from 1 to 100, got 101'],
    ['skills: { qW3rTy-0123456789_abcDEF: 0 }', 'agents[0].skills.…: expected a whole level from 1 to 100, got 0'],
    ['skills: { sales: high }', 'agents[0].skills.sales: expected a whole level from 1 to 100, got "high"'],
    ['skills: { sales: }', 'agents[0].skills.sales: expected a whole level from 1 to 100, got nothing'],
    [
      'skills: { "our sales": 1 }',
      'agents[0].skills: expected names of 1 to 64 letters, digits, dots, dashes or underscores, got "our sales"',
    ],
    ['skills: [1]', 'agents[0].skills: expected names of 1 to 64 letters, digits, dots, dashes or underscores, got 1'],
    [
      `skills: [${Array.from({ length: 65 }, (_, index) => `s${index}`).join(', ')}]`,
      'agents[0].skills: expected at most 64 skills, got 65',
    ],
    ['capacity: 0', 'agents[0].capacity: expected whole chats from 1 to 100, got 0'],
    ['capacity: 1.5', 'agents[0].capacity: expected whole chats from 1 to 100, got 1.5'],
    ['capacity: "5"', 'agents[0].capacity: expected whole chats from 1 to 100, got "5"'],
    ['fallback: "yes"', 'agents[0].fallback: expected true or false, got "yes"'],
    [
      'team: red',
      'agents[0]: expected only id, nickname, role, skills, capacity, fallback, token, token_sha256, got "team" too',
    ],
  ])('is refused for %s', (fields, message) => {
    expect(() => agent(fields)).toThrow(new SettingsError(`agents.yaml: ${message}`));
  });

  const ID = 'expected 1 to 64 letters, digits, dots, dashes or underscores, not customer or system';
  it.each([
    ['', 'expected a mapping with agents'],
    ['- ada', 'expected a mapping with agents'],
    ['agents: ada', 'agents: expected a list, got "ada"'],
    ['agents: [ada]', 'agents[0]: expected a mapping, got "ada"'],
    ['agents: [{}]', `agents[0].id: ${ID}, got nothing`],
    ['agents: [{ id: customer }]', `agents[0].id: ${ID}, got "customer"`],
    ['agents: [{ id: system }]', `agents[0].id: ${ID}, got "system"`],
    ['agents: [{ id: "ada@example.com" }]', `agents[0].id: ${ID}, got "ada@example.com"`],
    ['agents: [{ id: 7 }]', `agents[0].id: ${ID}, got 7`],
    ['agents: [{ id: ada }, { id: ada }]', 'agents[1].id: expected an id of his own, got "ada"'],
    [
      `agents: [{ id: ada, token: ${TOKEN} }, { id: bob, token: ${TOKEN} }]`,
      'agents[1].token: expected a token of his own, got the one of ada',
    ],
    [
      `agents: [{ id: ada, token: ${TOKEN} }, { id: bob, token_sha256: ${tokenDigest(TOKEN)} }]`,
      'agents[1].token: expected a token of his own, got the one of ada',
    ],
    ['agent: []', 'expected only agents, not_ready_reasons, dispositions, canned_responses, got "agent" too'],
    ['not_ready_reasons: [Tea, 7]', 'not_ready_reasons[1]: expected a text of one line and 1 to 64 characters, got 7'],
    ['not_ready_reasons: [Tea, Tea]', 'not_ready_reasons: expected each once, got "Tea"'],
    ['not_ready_reasons: Tea', 'not_ready_reasons: expected a list, got "Tea"'],
    [
      'dispositions: [{ code: "a b" }]',
      'dispositions[0].code: expected 1 to 64 letters, digits, dots, dashes or underscores, got "a b"',
    ],
    ['dispositions: [{ code: a }, { code: a }]', 'dispositions: expected each once, got "a"'],
    [
      'canned_responses: [{ shortcut: /hi, text: Hi }]',
      'canned_responses[0].shortcut: expected 1 to 32 letters, digits, dots, dashes or underscores, without a slash, got "/hi"',
    ],
    [
      'canned_responses: [{ shortcut: hi }]',
      'canned_responses[0].text: expected a text of 1 to 4096 characters, got nothing',
    ],
    [
      'canned_responses: [{ shortcut: hi, text: Hi, to: x }]',
      'canned_responses[0]: expected only shortcut, text, got "to" too',
    ],
  ])('is refused as a whole: %s', (source, message) => {
    expect(() => read(source)).toThrow(new SettingsError(`agents.yaml: ${message}`));
  });

  it.each([
    [
      `agents: [{ id: ada, token: *${TOKEN} }]`,
      'an alias that cannot be followed; a text that begins with * wants quotes',
    ],
    [`agents: [{ id: ada, token: "${TOKEN} }]`, 'MISSING_CHAR at line 1, column 58'],
    [`agents:\n  - token: ${TOKEN}\n    token: ${OTHER}`, 'DUPLICATE_KEY at line 3, column 5'],
    [`agents:\n  - token: @${TOKEN}`, 'BAD_SCALAR_START at line 2, column 12'],
  ])('that is no YAML is refused without a word of what stands in it: %s', (source, fault) => {
    expect(() => read(source)).toThrow(new SettingsError(`agents.yaml: expected YAML, got ${fault}`));
  });
});
