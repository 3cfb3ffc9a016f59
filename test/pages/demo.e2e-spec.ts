import type { Page } from 'playwright-core';
import { ApiAgent } from '../support/api-agent.js';
import { accessViolations } from '../support/browser.js';
import { HttpClient, waitFor } from '../support/http.js';
import { usePages } from './page-stack.js';

const { stack, demo } = usePages();
const internal = new HttpClient(() => stack().gateways[0]?.internalUrl ?? '');
const kate = new ApiAgent('kate', internal);

beforeAll(() => kate.ready());
// She would be away by now.
beforeEach(async () => {
  await kate.post('/me/ready');
});
afterAll(() => {
  internal.close();
});

const begin = async (page: Page, choices: Readonly<Record<string, string>> = {}): Promise<void> => {
  for (const [name, value] of Object.entries(choices)) await page.getByTestId(name).selectOption(value);
  await page.getByTestId('start').click();
};

/** The chat that rings at Kate's. */
const answer = async (): Promise<string> => {
  const id = await waitFor('a chat to ring', async () => {
    const { offers } = await kate.get<{ readonly offers: readonly { serviceId: string; phase: string }[] }>('/me');
    return offers.find(({ phase }) => phase === 'offered')?.serviceId;
  });
  await kate.accept(id);
  return id;
};

const MODES = [
  ['by polling', 'request-chat', 'poll'],
  ['over CometD', 'request-chat', 'comet'],
  ['an advanced service, by polling', 'advanced-chat-poll', 'poll'],
  ['an advanced service, over CometD', 'advanced-chat-poll', 'comet'],
] as const;

describe('the customer’s page', () => {
  it.each(MODES)('talks %s', async (_, service, mode) => {
    const { page, faults } = await demo();
    await begin(page, { service, mode });
    const id = await answer();
    const transcript = page.getByTestId('transcript');
    await transcript.getByText('has joined the session').waitFor();
    await page.getByTestId('composer').fill('hello from the page');
    await page.getByTestId('send').click();
    await kate.until(id, 'MessageSent', ({ text }) => text === 'hello from the page');
    await kate.post(`/chats/${id}/messages`, { text: 'hello from the desk' });
    await transcript.getByText('hello from the desk').waitFor();
    await kate.post(`/chats/${id}/push-url`, { url: 'https://help.example/' });
    expect(await transcript.getByRole('link').getAttribute('href')).toBe('https://help.example/');
    expect(await transcript.getByText('hello from the page').count()).toBe(1);
    expect(await page.getByTestId('inspector').getByText(`POST /genesys/1/service/${id}/ixn/chat/send`).count()).toBe(
      1,
    );
    await page.getByTestId('end').click();
    await page.getByTestId('status').getByText('the chat is over').waitFor();
    expect(faults).toEqual([]);
  });

  it.each(['poll', 'comet'])('goes on after a reload, with nothing lost or doubled (%s)', async (mode) => {
    const { page } = await demo();
    await begin(page, { mode });
    const id = await answer();
    await kate.post(`/chats/${id}/messages`, { text: 'one' });
    const transcript = page.getByTestId('transcript');
    await transcript.getByText('one', { exact: true }).waitFor();
    await page.reload();
    await kate.post(`/chats/${id}/messages`, { text: 'two' });
    // Over CometD what comes after the reload may be shown before what came before it.
    for (const text of ['one', 'two']) await transcript.getByText(text, { exact: true }).waitFor();
    const texts = await transcript.locator('.bubble__text').allInnerTexts();
    expect(texts).toEqual(['one', 'two']);
    await kate.post(`/chats/${id}/end`);
    await page.getByTestId('status').getByText('the chat is over').waitFor();
  });

  it('goes to the background and comes back to what it missed', async () => {
    const { page } = await demo({ width: 390 });
    await begin(page, { mode: 'comet' });
    const id = await answer();
    const transcript = page.getByTestId('transcript');
    await transcript.getByText('has joined the session').waitFor();
    await page.getByTestId('background').click();
    await kate.until(id, 'CustomerAway');
    await kate.post(`/chats/${id}/messages`, { text: 'you were away' });
    await page.getByTestId('background').click();
    await transcript.getByText('you were away').waitFor();
    await kate.until(id, 'CustomerBack');
    expect(await transcript.getByText('you were away').count()).toBe(1);
    await kate.post(`/chats/${id}/end`);
  });

  it.each([
    ['light', 1280],
    ['dark', 390],
  ] as const)('is for everybody, in %s at %d px', async (scheme, width) => {
    const { page } = await demo({ scheme, width });
    expect(await accessViolations(page)).toEqual([]);
    await begin(page);
    const id = await answer();
    await kate.post(`/chats/${id}/messages`, { text: '<img src=x onerror=alert(1)>' });
    await page.getByTestId('transcript').getByText('<img src=x onerror=alert(1)>').waitFor();
    expect(await accessViolations(page)).toEqual([]);
    await kate.post(`/chats/${id}/end`);
  });
});
