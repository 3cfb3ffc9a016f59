#!/usr/bin/env node
// `npm run test:compose`: builds the image, brings the stack of docker-compose.yml up, runs the quick start of README.md
// against it, restarts it in mid-chat, goes on with the chat, and takes everything away again. It has a project name and
// ports of its own, so that a stack that is in use stays untouched. Without a Docker engine it is SKIPPED.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { root } from './lib/root.mjs';

/** The longest that starting, restarting or an answer of the robot may take, in milliseconds. */
const READY_MS = 120_000;
const ANSWER_MS = 15_000;
const LOOK_MS = 250;
const LOOK_TIMEOUT_MS = 5_000;
const QUICK_START = '## One minute';

const compose = composeCommand();
if (typeof compose === 'string') {
  process.stdout.write(`SKIPPED test:compose: ${compose}\n`);
  process.exit(0);
}

const [port, internalPort] = await freePorts(2);
const gateway = `http://127.0.0.1:${port}`;
const readiness = `http://127.0.0.1:${internalPort}/readyz`;
const project = `parley-test-${process.pid}`;
const env = { ...process.env, PORT: String(port), INTERNAL_PORT: String(internalPort), DEMO_AGENT: '1' };

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    down();
    process.exit(1);
  });
}
try {
  step('builds and comes up', () => dockerCompose('up', '-d', '--build'));
  await eventually('is ready', READY_MS, isReady);
  step('runs as nobody special', () => {
    for (const service of ['gateway', 'worker']) {
      const user = dockerCompose('exec', '-T', service, 'id', '-u').trim();
      expect(user !== '0', `${service} must not run as root, but runs as ${user}`);
    }
  });
  await eventually('is healthy by its own checks', READY_MS, areAllHealthy);
  step('runs the quick start', runQuickStart);
  await eventually('serves its pages', ANSWER_MS, async () => {
    const pages = [`${gateway}/demo`, readiness.replace('/readyz', '/desk'), readiness.replace('/readyz', '/docs')];
    const replies = await Promise.all(pages.map((page) => fetch(page)));
    return replies.every(({ status }) => status === 200);
  });

  const chat = await startChat();
  await ask(`${chat}/send`, { message: 'before' });
  const before = await eventually('answers', ANSWER_MS, () => transcriptWith(chat, 'echo: before'));
  step('restarts', () => dockerCompose('restart'));
  const after = await eventually('has kept the chat', READY_MS, () => transcriptWith(chat, 'echo: before'));
  expect(after.chatIxnState === 'TRANSCRIPT', `the chat must be live, but is ${after.chatIxnState}`);
  expect(
    JSON.stringify(after.transcriptToShow) === JSON.stringify(before.transcriptToShow),
    'the transcript must be the same before and after',
  );
  await eventually('takes another message', READY_MS, async () => (await send(chat, 'after')) !== undefined);
  await eventually('answers in the same chat', ANSWER_MS, () => transcriptWith(chat, 'echo: after'));
  await eventually('is ready again', READY_MS, isReady);
  step('runs the quick start once more', runQuickStart);
} catch (error) {
  process.stdout.write(`FAILED test:compose: ${error.message}\n`);
  process.stdout.write(run([...compose, '-p', project], ['logs', '--tail', '40'], { env }).output);
  process.exitCode = 1;
} finally {
  down();
}
if (process.exitCode === undefined) process.stdout.write('ok     test:compose\n');
process.exit();

/** The command as words, or why there is none. */
function composeCommand() {
  if (run(['docker'], ['info']).status !== 0) return 'no Docker engine answers (docker info)';
  return (
    [['docker', 'compose'], ['docker-compose']].find((words) => run(words, ['version']).status === 0) ??
    'neither docker compose nor docker-compose is installed'
  );
}

function run([program, ...words], args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(program, [...words, ...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    ...options,
  });
  return { status, stdout: stdout ?? '', output: `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}` };
}

function dockerCompose(...args) {
  const { status, stdout, output } = run([...compose, '-p', project], args, { env });
  expect(status === 0, `${compose.join(' ')} ${args.join(' ')} ended with ${status}:\n${output}`);
  return stdout;
}

function down() {
  run([...compose, '-p', project], ['down', '-v', '--rmi', 'local', '--remove-orphans'], { env });
}

function step(name, action) {
  const started = Date.now();
  action();
  said(name, started);
}

async function eventually(name, timeMs, look) {
  const started = Date.now();
  let trouble = '';
  for (;;) {
    // A connection that is refused, cut or forgotten is part of a restart.
    const found = await Promise.race([look(), late()]).catch((error) => {
      trouble = ` (last: ${error.cause?.message ?? error.message})`;
    });
    if (found) {
      said(name, started);
      return found;
    }
    expect(Date.now() - started < timeMs, `"${name}" must come true within ${timeMs / 1000} s${trouble}`);
    await pause(LOOK_MS);
  }
}

/** Fetch may wait for ever on a connection that the engine's proxy took while nobody listened behind it. */
async function late() {
  await pause(LOOK_TIMEOUT_MS);
  throw new Error('no answer in time');
}

function said(name, started) {
  process.stdout.write(`  ${name.padEnd(30)} ${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s\n`);
}

function expect(holds, message) {
  if (!holds) throw new Error(message);
}

/** The commands of the quick start, as they stand there; what the stack stands in for is left out. */
function runQuickStart() {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const [, section = ''] = readme.split(`\n${QUICK_START}\n`);
  const blocks = [...section.split(/^## /m)[0].matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, text]) => text);
  const script = blocks
    .join('\n')
    .split('\n')
    .filter((line) => !/^\s*(?:git clone|cd |npm start)/.test(line))
    .join('\n')
    .replaceAll('localhost:8080', `127.0.0.1:${port}`);
  const { status, stdout, output } = run(['bash'], ['-euo', 'pipefail', '-c', script]);
  expect(status === 0, `the quick start ended with ${status}:\n${output}`);
  expect(stdout.includes('echo: hello'), `the quick start must show the robot's echo, but printed:\n${stdout}`);
}

async function isReady() {
  return (await fetch(readiness)).ok;
}

async function areAllHealthy() {
  const ids = dockerCompose('ps', '-q').split(/\s+/).filter(Boolean);
  const { stdout } = run(['docker'], ['inspect', '--format', '{{.State.Health.Status}}', ...ids]);
  const states = stdout.trim().split('\n');
  return states.length === 3 && states.every((state) => state === 'healthy');
}

async function ask(url, parameters) {
  const reply = await fetch(url, { method: 'POST', body: new URLSearchParams(parameters) });
  expect(reply.ok, `${reply.status} from ${url}`);
  return reply.json();
}

async function startChat() {
  const { _id } = await ask(`${gateway}/genesys/1/service/request-chat`, {});
  const chat = `${gateway}/genesys/1/service/${_id}/ixn/chat`;
  await ask(chat, { firstName: 'Vasya' });
  return chat;
}

/** May be tried again: the server takes it once. */
async function send(chat, message) {
  return ask(`${chat}/send`, { message, _message_id: `test-${message}` });
}

/** The whole transcript, once it holds that text; asking for it also shows that the customer is still there. */
async function transcriptWith(chat, text) {
  const reply = await ask(`${chat}/refresh`, { transcriptPosition: '1' });
  return reply.transcriptToShow.some((event) => event[2] === text) ? reply : undefined;
}

async function freePorts(count) {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise((resolve, reject) => {
          const server = createServer();
          server.once('error', reject);
          server.listen(0, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
