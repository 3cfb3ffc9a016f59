import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { differences, type Template } from '../conformance/expectation.js';
import { useStack } from '../conformance/running-stack.js';

/** The quick start of the README, run as it stands there, on a stack that stands in for `npm start`. */
const README = join(import.meta.dirname, '..', '..', 'README.md');
const HEADING = '## One minute';
/** What the stack has done already. */
const STOOD_IN = /^\s*(?:git clone|cd |npm start|npm ci|npm install)/;
/** Seconds between two blocks: the robot keeps its word of one second while a reader looks for the next command. */
const READER_PAUSE_S = 2;
const SCRIPT_LIMIT_MS = 60_000;
/** Printed after each block, so that its output is known from the next one's. */
const END_OF_BLOCK = '\u001e';

/** A block of commands, and what the README says that they print. */
interface Block {
  readonly commands: string;
  readonly answers: readonly Template[];
}

/** The section of that heading, up to the next one of its level. */
const sectionOf = (markdown: string): string => {
  const lines = markdown.split('\n');
  const start = lines.findIndex((line) => line.trimEnd() === HEADING);
  if (start < 0) throw new Error(`README.md has no section "${HEADING}": the quick start belongs there`);
  const length = lines.slice(start + 1).findIndex((line) => /^##? /.test(line));
  return lines.slice(start + 1, length < 0 ? undefined : start + 1 + length).join('\n');
};

/** JSON values that stand one after the other, with other text between them or not. */
const jsonValues = (text: string): readonly unknown[] => {
  const values: unknown[] = [];
  for (let start = text.search(/[[{]/); start >= 0;) {
    let [depth, isString, end] = [0, false, start];
    for (; end < text.length; end += 1) {
      const char = text[end]!;
      if (isString) {
        if (char === '\\') end += 1;
        else if (char === '"') isString = false;
      } else if (char === '"') isString = true;
      else if (char === '{' || char === '[') depth += 1;
      else if (char === '}' || char === ']') depth -= 1;
      if (depth === 0) break;
    }
    values.push(JSON.parse(text.slice(start, end + 1)));
    const next = text.slice(end + 1).search(/[[{]/);
    start = next < 0 ? -1 : end + 1 + next;
  }
  return values;
};

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
/** What differs from one start to the next; the README may show an example of it as well as a placeholder. */
const OPAQUE: readonly (readonly [key: string, example: RegExp, placeholder: string])[] = [
  ['chatSessionId', /^[0-9A-Z]{16}$/, '<sessionId>'],
  ['startedAt', /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/, '<utc>'],
  ['userId', /^[0-9A-Fa-f]{16}$/, '<hex16>'],
  ['secureKey', /^[0-9A-Fa-f]{16}$/, '<hex16>'],
];

const isEvent = (value: readonly unknown[]): boolean =>
  value.length === 5 && typeof value[0] === 'string' && /^(?:Message|Notice)\./.test(value[0]);

/** Makes a template of an answer that the README shows. */
const templateOf = (shown: unknown, key = ''): Template => {
  if (typeof shown === 'string') {
    const opaque = OPAQUE.find(([name, example]) => name === key && example.test(shown));
    return opaque === undefined ? shown.replace(UUID, '<uuid>') : opaque[2];
  }
  if (Array.isArray(shown)) {
    const elements = shown.map((element) => templateOf(element));
    return isEvent(shown) && /^\d+$/.test(String(shown[3])) ? elements.with(3, '<seconds>') : elements;
  }
  if (typeof shown === 'object' && shown !== null) {
    return Object.fromEntries(Object.entries(shown).map(([name, value]) => [name, templateOf(value, name)]));
  }
  if (typeof shown === 'number' || typeof shown === 'boolean') return shown;
  throw new Error(`an answer in the README holds ${String(shown)}, which the API never sends`);
};

const blocksOf = (section: string): readonly Block[] => {
  const fences = [...section.matchAll(/^```(sh|json)\n([\s\S]*?)^```/gm)].map(([, kind, text]) => ({
    kind,
    text: text ?? '',
  }));
  return fences.flatMap(({ kind, text }, index) => {
    if (kind !== 'sh') return [];
    const commands = text
      .split('\n')
      .filter((line) => !STOOD_IN.test(line))
      .join('\n');
    const next = fences[index + 1];
    const answers = next?.kind === 'json' ? jsonValues(next.text).map((value) => templateOf(value)) : [];
    return [{ commands, answers }];
  });
};

describe('the quick start of the README', () => {
  const { stack } = useStack({});
  let blocks: readonly Block[];
  let outputs: readonly string[];
  let folder: string | undefined;

  beforeAll(async () => {
    blocks = blocksOf(sectionOf(existsSync(README) ? readFileSync(README, 'utf8') : ''));
    const [gateway] = stack().gateways;
    const script = blocks
      .map(({ commands }) => `${commands}\nprintf '${END_OF_BLOCK}'\n`)
      .join(`sleep ${READER_PAUSE_S}\n`)
      .replaceAll(/(?:localhost|127\.0\.0\.1):8080/g, new URL(gateway!.url).host)
      .replaceAll(/(?:localhost|127\.0\.0\.1):8081/g, new URL(gateway!.internalUrl).host);
    folder = mkdtempSync(join(tmpdir(), 'parley-readme-'));
    const { stdout } = await promisify(execFile)('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: folder,
      timeout: SCRIPT_LIMIT_MS,
    });
    outputs = stdout.split(END_OF_BLOCK);
  }, 120_000);

  afterAll(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  it('asks the server with curl and shows answers', () => {
    expect(blocks.some(({ commands }) => /\bcurl\b/.test(commands))).toBe(true);
    expect(blocks.some(({ answers }) => answers.length > 0)).toBe(true);
  });

  it('prints what the README says', () => {
    for (const [index, { commands, answers }] of blocks.entries()) {
      const printed = jsonValues(outputs[index] ?? '');
      // A block may print more than it shows: the answers shown are its last ones.
      const last = answers.length === 0 ? [] : printed.slice(-answers.length);
      expect({ commands, differences: differences(last, answers) }).toEqual({ commands, differences: [] });
    }
  });
});
