import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SettingsError } from './read-settings.js';
import { loadServiceDefinitions, readServiceDefinition } from './service-definition.js';

const refusal = (source: string): string => {
  try {
    readServiceDefinition('chat.yaml', source);
    return '';
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
};

describe('a service definition', () => {
  it('has the defaults that GMS has', () => {
    const { options, kind, aliases } = readServiceDefinition('chat.yaml', 'name: chat');
    expect({ kind, aliases }).toEqual({ kind: 'basic', aliases: [] });
    expect(options).toMatchObject({
      ttlS: 86_400,
      flexDisconnectTimeoutS: 45,
      idleAlertTimeoutS: 255,
      idleCloseTimeoutS: 45,
    });
  });

  it('reads options under their GMS names', () => {
    const source =
      'name: chat\noptions:\n  _ttl: 600\n  _chat_400_response_on_disconnected: true\n  _chat_endpoints: [a, b]';
    expect(readServiceDefinition('chat.yaml', source).options).toMatchObject({
      ttlS: 600,
      chat400ResponseOnDisconnected: true,
      chatEndpoints: ['a', 'b'],
    });
  });

  it.each([
    [
      'name: chat\noptions:\n  _ttl: soon',
      'chat.yaml: options._ttl: expected whole seconds from 60 to 2592000, got "soon"',
    ],
    ['name: chat\noptions:\n  _ttl: 59', 'chat.yaml: options._ttl: expected whole seconds from 60 to 2592000, got 59'],
    ['name: chat\nkind: fancy', 'chat.yaml: kind: expected one of basic, advanced, got "fancy"'],
    ['name: a b', 'chat.yaml: name: expected 1 to 64 letters, digits, dots, dashes or underscores, got "a b"'],
    ['name: chat\nlogic: x', 'chat.yaml: logic: expected none, as the service is basic'],
    [
      'name: chat\nkind: advanced',
      'chat.yaml: logic: expected the name of a file in logic, as the service is advanced',
    ],
    [
      'name: chat\noptions:\n  _initial_dialog: ../secret',
      'chat.yaml: options._initial_dialog: expected the name of a file in dialogs, or an absolute URL, got "../secret"',
    ],
    [
      'name: chat\noptions:\n  _business_hours: {}',
      'chat.yaml: options._business_hours: expected none, as the service is basic: only a service logic can be closed',
    ],
    [
      'name: chat\nkind: advanced\nlogic: chat\noptions:\n  _routing: {}',
      'chat.yaml: options._routing: expected none, as the service is advanced: its logic says what agent it needs',
    ],
    ['- 1', 'chat.yaml: expected a mapping with name, kind and options'],
  ])('%j is refused', (source, message) => {
    expect(refusal(source)).toBe(message);
  });

  it('refuses what it does not know, by its path', () => {
    expect(refusal('name: chat\noptions:\n  _tll: 600')).toMatch(/^chat\.yaml: options\._tll: expected one of _ttl, /);
    expect(refusal('name: chat\nkinds: basic')).toMatch(/^chat\.yaml: kinds: expected one of name, /);
  });

  it('says where a file is no YAML', () => {
    expect(refusal('name: [')).toMatch(/^chat\.yaml: expected YAML, got .*line 1, column 8$/);
    expect(refusal('name: *chat')).toMatch(/^chat\.yaml: expected YAML, got .*alias/);
    expect(refusal('name: a\nname: b')).toMatch(/^chat\.yaml: expected YAML, got .*unique at line 2/);
  });
});

describe('a folder of service definitions', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parley-services-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const write = (file: string, source: string): string => {
    writeFileSync(join(folder, file), source);
    return join(folder, file);
  };

  it('names the file by its path when that is at fault', () => {
    const file = write('chat.yaml', 'name: chat\noptions:\n  _ttl: x');
    expect(() => loadServiceDefinitions(folder)).toThrow(
      `${file}: options._ttl: expected whole seconds from 60 to 2592000, got "x"`,
    );
  });

  it('holds each name once, aliases included', () => {
    const first = write('a.yaml', 'name: chat');
    const second = write('b.yaml', 'name: other\naliases: [chat]');
    expect(() => loadServiceDefinitions(folder)).toThrow(`${second}: name: "chat" is taken by ${first} already`);
  });

  it('says which file it cannot read', () => {
    mkdirSync(join(folder, 'chat.yaml'));
    expect(() => loadServiceDefinitions(folder)).toThrow('chat.yaml: expected a readable file, got EISDIR');
  });
});

describe('the shipped service definitions', () => {
  const shipped = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
  const options = (/expected one of (.*), got/.exec(refusal('name: chat\noptions:\n  none: 1'))?.[1] ?? '').split(', ');

  it.each(options)('show and document %s', (option) => {
    expect(shipped('services/request-chat.yaml')).toMatch(new RegExp(`^  (# )?${option}: `, 'm'));
    expect(shipped('docs/configuration.md')).toContain(`\`${option}\``);
  });

  it('show every option of request-chat with its default', () => {
    const shown = readServiceDefinition('request-chat.yaml', shipped('services/request-chat.yaml'));
    expect(shown).toEqual(readServiceDefinition('chat.yaml', 'name: request-chat'));
  });

  it('are sound and have different names', () => {
    const folder = fileURLToPath(new URL('../../../services', import.meta.url));
    expect(loadServiceDefinitions(folder).map(({ name }) => name)).toEqual([
      ...['advanced-chat-poll', 'premium-chat', 'request-chat', 'vip-chat'],
    ]);
  });

  it.each(['advanced-chat-poll', 'vip-chat'])('give the logic of %s, and the dialog that comes first', (name) => {
    const shown = readServiceDefinition(`${name}.yaml`, shipped(`services/${name}.yaml`));
    expect(shipped(`services/logic/${String(shown.logic)}.mjs`)).toContain('createMachine');
    expect(shipped(`services/dialogs/${shown.options.initialDialog}`)).toContain('<html');
  });

  it('must be in a folder that is there', () => {
    expect(() => loadServiceDefinitions('/no/such/folder')).toThrow('SERVICES_DIR: expected a folder');
  });
});
