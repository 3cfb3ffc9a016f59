#!/usr/bin/env node
// `npm run docs:screenshots`: takes the pictures of docs/images anew, of the pages as they are, in a real browser.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BROWSER, ensurePrograms, findProgram } from './lib/programs.mjs';
import { prepare } from './lib/prepare.mjs';
import { root } from './lib/root.mjs';

await prepare();
ensurePrograms([BROWSER]);
if (findProgram(BROWSER) === undefined) process.exit(78);
const support = (name) => import(`../dist/test/support/${name}.js`);
const [{ startStack }, { launchBrowser, openPage }, { writeAgentsFile, tokenOf }] = await Promise.all(
  ['stack', 'browser', 'agents-file'].map(support),
);
const images = join(root, 'docs', 'images');
const folder = mkdtempSync(join(tmpdir(), 'parley-images-'));
mkdirSync(images, { recursive: true });

const agents = [
  { id: 'kate', nickname: 'Kate', skills: { sales: 5 }, capacity: 5 },
  { id: 'bob', nickname: 'Bob', skills: { service: 5 }, capacity: 5 },
  { id: 'sam', nickname: 'Sam', role: 'supervisor', skills: {}, capacity: 3 },
];
const stack = await startStack({ env: { DEMO_AGENT: '0', AGENTS_FILE: writeAgentsFile(folder, agents) } });
const browser = await launchBrowser();
const [gateway] = stack.gateways;
const headers = { authorization: `Bearer ${tokenOf('kate')}`, 'content-type': 'application/json' };
const api = (path, body) =>
  fetch(`${gateway.internalUrl}/agent/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
const v1 = async (path, form) =>
  (await fetch(`${gateway.url}/genesys/1/service/${path}`, { method: 'POST', body: new URLSearchParams(form) })).json();
const open = (path, { scheme = 'light', width = 1280 } = {}) =>
  openPage(browser, path, { colorScheme: scheme, viewport: { width, height: width < 600 ? 844 : 760 } });
const signIn = async (id, look) => {
  const { page } = await open(`${gateway.internalUrl}/desk`, look);
  await page.getByTestId('token').fill(tokenOf(id));
  await page.getByTestId('sign-in').click();
  await page.getByTestId('ready').waitFor();
  return page;
};
const take = (page, name) => page.screenshot({ path: join(images, `${name}.png`) });

/** A customer who has begun, and whom Kate's page has taken. */
const customer = async (page, firstName, subject, text, answer) => {
  const { _id: id } = await v1('request-chat', { gms_user: firstName });
  await v1(`${id}/ixn/chat`, { firstName, lastName: 'Brown', subject, customerNumber: '4711' });
  await page.getByTestId('accept').click();
  await page.getByTestId('accept').waitFor({ state: 'detached' });
  await v1(`${id}/ixn/chat/send`, { message: text });
  if (answer !== undefined) await api(`/chats/${id}/messages`, { text: answer });
  return id;
};

try {
  const kate = await signIn('kate');
  await kate.getByTestId('ready').click();
  await customer(
    kate,
    'Maria',
    'My invoice',
    'I was charged twice in October.',
    'I am looking at it, one moment please.',
  );
  const id = await customer(
    kate,
    'Vasya',
    'A broken lamp',
    'Hello! The lamp that came yesterday is broken.',
    'I am sorry to hear that.',
  );
  await api(`/chats/${id}/push-url`, { url: 'https://shop.example/returns/4711' });
  await v1(`${id}/ixn/chat/send`, { message: 'Thank you, I found it. Do I need the box?' });
  const last = await v1('request-chat', {});
  await v1(`${last._id}/ixn/chat`, { firstName: 'Jun', subject: 'Opening hours' });
  await kate.getByTestId('offer').waitFor();
  await kate.getByTestId('chat-item').nth(1).click();
  await kate.getByTestId('transcript').getByText('Do I need the box').waitFor();
  await take(kate, 'desk-light');
  const phone = await signIn('kate', { width: 390 });
  await phone.getByTestId('chat-item').nth(1).click();
  await phone.getByTestId('transcript').getByText('Do I need the box').waitFor();
  await take(phone, 'desk-phone-light');
  const sam = await signIn('sam', { scheme: 'dark' });
  await sam.getByTestId('supervision-tab').click();
  await sam.getByTestId('live-chat').first().waitFor();
  await take(sam, 'supervision-dark');
  await sam.getByTestId('travel-id').fill(id);
  await sam.getByTestId('travel-open').click();
  await sam.getByTestId('transcript').getByText('Do I need the box').waitFor();
  await sam.getByTestId('timeline').focus();
  for (let step = 0; step < 3; step += 1) await sam.keyboard.press('ArrowLeft');
  await sam.getByText('State after it').waitFor();
  await sam.getByText('Nothing yet.').waitFor({ state: 'detached' });
  await take(sam, 'time-travel-dark');
  const { page: demo } = await open(`${gateway.url}/demo`);
  await demo.getByTestId('start').click();
  await demo.getByTestId('inspector').getByText('ixn/chat').first().waitFor();
  await kate.getByTestId('accept').last().click();
  await demo.getByTestId('transcript').getByText('has joined').waitFor();
  await demo.getByTestId('composer').fill('Hello! Are you there?');
  await demo.getByTestId('send').click();
  await demo.getByTestId('transcript').getByText('Are you there').waitFor();
  await take(demo, 'demo-light');
} finally {
  await browser.close();
  await stack.stop();
  rmSync(folder, { recursive: true });
}
process.stdout.write(`Taken into ${images}\n`);
