import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { chatBody, chatPath, startChat } from '../conformance/customer.js';
import { HttpClient, waitFor } from '../support/http.js';
import { type Stack, startStack } from '../support/stack.js';
import { topologyEnv } from '../support/test-topology.js';

const ROOT = join(import.meta.dirname, '..', '..');
const PREFIX = 'tailed:';

describe('parley tail', () => {
  let stack: Stack;
  let client: HttpClient;
  let tail: ChildProcess | undefined;

  beforeAll(async () => {
    stack = await startStack({ env: { KEY_PREFIX: PREFIX, DEMO_AGENT: '0' } });
    client = new HttpClient(stack.gateways[0]!.url);
  }, 60_000);

  // One that failed to end would keep the run from ending.
  afterEach(() => tail?.kill('SIGKILL'));

  afterAll(async () => {
    client.close();
    await stack.stop();
  });

  it.each([
    ['of all services', false],
    ['of one service', true],
  ])('shows events %s as they come, without what people write unless asked, until Ctrl-C', async (_, isOne) => {
    const chat = await startChat(client);
    const args = ['dist/apps/cli/src/main.js', 'tail', ...(isOne ? [chat.id, '--text'] : [])];
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], ...topologyEnv(stack.redis?.url ?? ''), KEY_PREFIX: PREFIX },
    });
    tail = child;
    const exited = once(child, 'exit');
    let printed = '';
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (printed += part));
    child.stderr.setEncoding('utf8').on('data', (part: string) => (said += part));
    await waitFor('it to follow', () => Promise.resolve(said.includes('Ctrl-C ends it')));
    chatBody(await client.post(chatPath(chat.id, 'send'), { form: { message: 'nobody’s business' } }));
    await waitFor('the message', () => Promise.resolve(printed.includes('MessageSent')));
    const other = await startChat(client);
    const isLastShown = (): boolean => new RegExp(`^${other.id} .*ChatStarted`, 'm').test(printed);
    if (!isOne) await waitFor('the other chat', () => Promise.resolve(isLastShown()));
    child.kill('SIGINT');
    expect(await exited).toEqual([0, null]);
    expect(printed).toMatch(new RegExp(`^${chat.id} {2}2-0 +\\S+Z MessageSent`, 'm'));
    expect(printed.includes('nobody’s business')).toBe(isOne);
    // From its very first event, and none twice.
    const lines = printed.split('\n').filter((line) => line.startsWith(`${other.id} `));
    expect(new Set(lines).size).toBe(lines.length);
    expect(lines[0] ?? 'nothing').toMatch(isOne ? /^nothing$/ : / 0-1 +\S+Z ServiceRequested/);
  });
});
