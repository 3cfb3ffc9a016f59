import type { HttpReply } from '../support/http.js';
import { createAdvanced, statusOf, untilStatus } from './advanced-customer.js';
import { expectStatus, SERVICE } from './customer.js';
import { useStack } from './running-stack.js';

/** The pages of a service, and their forms. */
const { client } = useStack({ env: { DEMO_AGENT: '0' } });

/** An attack of each kind on a place in a page. */
const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '" onfocus="alert(1)" autofocus="',
  "'><svg/onload=alert(1)>",
  '</title></textarea></style><script>alert(1)</script>',
  '<!--<script>alert(1)//-->',
  'javascript:alert(1)',
  '{{_id}}{{name}}',
  "$& $1 $` $'",
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '＜script＞alert(1)＜/script＞',
  ']]><script>alert(1)</script>',
];

const dialogOf = (id: string, file: string, headers = {}): Promise<HttpReply> =>
  client.get(`${SERVICE}/${id}/dialogs/${file}`, { headers });
const page = async (id: string, file: string): Promise<string> => expectStatus(await dialogOf(id, file), 200).text;
const decoded = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&#96;', '`')
    .replaceAll('&amp;', '&');

describe('a dialog', () => {
  it('may run nothing, be taken for nothing else, and tell no other site its address', async () => {
    const id = await createAdvanced(client);
    const reply = expectStatus(await dialogOf(id, 'waiting_for_agent.html'), 200);
    expect(reply.headers).toMatchObject({
      'content-type': 'text/html;charset=UTF-8',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cache-control': 'no-cache, no-store',
    });
    const policy = String(reply.headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("form-action 'self'");
    expect(policy).not.toMatch(/script-src|unsafe-inline/);
  });

  it.each(HOSTILE)('shows what a customer is called, whatever that is: %s', async (name) => {
    const id = await createAdvanced(client, { form: { name } }, 'vip-chat');
    const text = await page(id, 'pre_chat_form.html');
    const [, value = ''] = /name="name"\s+value="([^"]*)"/.exec(text) ?? [];
    expect(decoded(value)).toBe(name);
    // All else is as it stands in the file: one value, one place.
    const plain = await page(await createAdvanced(client, {}, 'vip-chat'), 'pre_chat_form.html');
    expect(text.replace(`value="${value}"`, 'value=""')).toBe(plain);
  });

  it('shows nothing of ours that data pretend to be', async () => {
    const id = await createAdvanced(client, { form: { _position: '<b>1</b>', _agent: 'Mallory', _id: 'x' } });
    expect(await page(id, 'waiting_for_agent.html')).not.toContain('&lt;b&gt;');
    expect(await page(id, 'agent_available.html')).toContain('An agent is there for you');
  });

  it.each([
    ...['no-such.html', '..%2f..%2fpackage.json', '%2e%2e%2frequest-chat.yaml', '..%5crequest-chat.yaml'],
    ...['.html', 'dialog.css%00.html', '%00', 'request-chat.yaml', 'waiting_for_agent', 'x'.repeat(300)],
  ])('is not found under %s', async (file) => {
    const id = await createAdvanced(client);
    expectStatus(await dialogOf(id, file), 404);
    expectStatus(await client.get(`/genesys/1/dialogs/${file}`), 404);
  });

  it('can be looked at without a service', async () => {
    const reply = expectStatus(await client.get('/genesys/1/dialogs/closed.html'), 200);
    expect(reply.text).toContain('<h1>');
    expect(reply.text).not.toContain('{{');
  });

  it('has a style that is kept for a while', async () => {
    const id = await createAdvanced(client);
    const { headers } = expectStatus(await dialogOf(id, 'dialog.css'), 200);
    expect(headers).toMatchObject({
      'content-type': 'text/css;charset=UTF-8',
      'cache-control': 'private, max-age=300',
    });
  });

  it('of a service that is no more is an explanation for people, and an error for applications', async () => {
    const id = await createAdvanced(client);
    await client.delete(`${SERVICE}/${id}`);
    const seen = expectStatus(await dialogOf(id, 'current', { accept: 'text/html,*/*;q=0.8' }), 404);
    expect(seen.text).toContain('Something went wrong');
    expect(expectStatus(await dialogOf(id, 'current'), 404).json()).toHaveProperty('exception');
  });
});

describe('the form of a dialog', () => {
  it('hands its fields to the service logic and leads to what is shown then', async () => {
    const id = await createAdvanced(client, {}, 'vip-chat');
    await untilStatus(client, id, 'form', 'pre_chat_form.html');
    expect(await page(id, 'current')).toBe(await page(id, 'pre_chat_form.html'));

    const form = { _redirect: 'dialog', name: 'Ann', topic: 'billing' };
    const reply = expectStatus(await client.post(`${SERVICE}/${id}/status`, { form }), 303);
    expect(reply.headers.location).toBe(`${SERVICE}/${id}/dialogs/current`);
    // The logic had the time to answer: the browser does not see the form again.
    expect(await page(id, 'current')).toContain('looking for somebody');
    const storage = expectStatus(await client.get(`${SERVICE}/${id}/storage`), 200).json();
    expect(storage).toEqual({ name: 'Ann', topic: 'billing' });
  });

  it('is answered with JSON when it asks for nothing else', async () => {
    const id = await createAdvanced(client, {}, 'vip-chat');
    const body = await statusOf(client, id, {
      form: { name: 'Ann', topic: 'billing' },
      headers: { accept: 'text/html' },
    });
    expect(body.message._id).toBe(id);
  });
});
