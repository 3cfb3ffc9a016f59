import type { Page } from 'playwright-core';
import { chatPath, startChat } from '../conformance/customer.js';
import { ApiAgent } from '../support/api-agent.js';
import { accessViolations } from '../support/browser.js';
import { HttpClient, waitFor } from '../support/http.js';
import { usePages } from './page-stack.js';

const SHIFT_MS = 120_000;

const beReady = async (page: Page): Promise<void> => {
  await page.getByTestId('ready').click();
  await page.locator('[data-testid=ready][aria-pressed=true]').waitFor();
};

const say = async (page: Page, text: string): Promise<void> => {
  await page.getByTestId('composer').fill(text);
  await page.getByTestId('composer').press('Enter');
};

const transcriptOf = (page: Page) => page.getByTestId('transcript');

const sendTo = (client: HttpClient, id: string, message: string): Promise<unknown> =>
  client.post(chatPath(id, 'send'), { form: { message } });

describe('a shift at the desk', () => {
  const { stack, desk, demo } = usePages();
  const client = new HttpClient(() => stack().gateways[0]?.url ?? '');
  afterAll(() => {
    client.close();
  });

  it(
    'goes from signing in to the disposition, with a poke, a colleague and a supervisor',
    async () => {
      const kate = await desk('kate');
      await beReady(kate.page);
      const customer = await demo({ width: 390 });
      await customer.page.getByText('More').click();
      await customer.page.getByTestId('device-os').selectOption('customhttp');
      await customer.page.getByTestId('device-id').fill('some-phone');
      await customer.page.getByTestId('start').click();

      // It rings, and is taken by the keyboard alone.
      await kate.page.getByTestId('offer').waitFor();
      await kate.page.keyboard.press('Alt+a');
      await transcriptOf(kate.page).waitFor();
      await transcriptOf(customer.page).getByText('has joined the session').waitFor();
      await customer.page.getByTestId('composer').fill('hello <b>there</b>');
      await kate.page.getByText('is typing').first().waitFor();
      await customer.page.getByTestId('send').click();
      await transcriptOf(kate.page).getByText('hello <b>there</b>').waitFor();
      await say(kate.page, 'good day');
      await transcriptOf(customer.page).getByText('good day').waitFor();

      // A canned response, by its shortcut.
      await kate.page.getByTestId('composer').fill('/mom');
      await kate.page.getByTestId('canned').getByText('moment').first().waitFor();
      await kate.page.getByTestId('composer').press('Enter');
      await kate.page.getByTestId('composer').press('Enter');
      await transcriptOf(customer.page).getByText('One moment please').waitFor();

      // A poke: kept, and its end is told.
      await kate.page.getByTestId('poke').click();
      await kate.page.getByTestId('poke-text').fill('come back');
      await kate.page.getByTestId('poke-send').click();
      await transcriptOf(kate.page).getByText(/poke/i).first().waitFor();

      // A supervisor reads along and whispers.
      const sam = await desk('sam');
      await sam.page.getByTestId('supervision-tab').click();
      await sam.page.getByTestId('watch').first().click();
      await transcriptOf(sam.page).getByText('good day').waitFor();
      await say(sam.page, 'be nice to him');
      await transcriptOf(kate.page).getByText('be nice to him').waitFor();
      expect(await transcriptOf(customer.page).getByText('be nice to him').count()).toBe(0);

      // A colleague takes over.
      const bob = await desk('bob', { gateway: 1 });
      await beReady(bob.page);
      await kate.page.getByTestId('transfer').click();
      await kate.page.getByTestId('transfer-target').selectOption('agent:bob');
      await kate.page.getByTestId('transfer-send').click();
      await bob.page.getByTestId('offer').waitFor();
      await bob.page.getByTestId('accept').click();
      await transcriptOf(bob.page).getByText('good day').waitFor();
      await transcriptOf(customer.page).getByText('has left the session').waitFor();
      await say(bob.page, 'Bob here');
      await transcriptOf(customer.page).getByText('Bob here').waitFor();

      // The end, and what came of it.
      await bob.page.getByTestId('end').click();
      await bob.page.getByTestId('end-confirm').click();
      await bob.page.getByTestId('disposition-code').selectOption('resolved');
      await bob.page.getByTestId('disposition-save').click();
      await customer.page.getByTestId('status').getByText('the chat is over').waitFor();
      await waitFor('the disposition to be kept', async () => {
        const internal = new HttpClient(stack().gateways[0]?.internalUrl ?? '');
        const boss = new ApiAgent('sam', internal);
        const id = /service\/([0-9a-f-]{36})\/ixn/.exec(await customer.page.getByTestId('inspector').innerText())?.[1];
        const chat = await boss.get<{ readonly disposition: object | null }>(`/chats/${id ?? ''}`);
        internal.close();
        return chat.disposition !== null;
      });
      for (const { faults } of [kate, sam, bob, customer]) expect(faults).toEqual([]);
    },
    SHIFT_MS,
  );

  it(
    'goes on after a reload in mid-chat, with nothing lost or doubled',
    async () => {
      const { page } = await desk('kate');
      await beReady(page);
      const chat = await startChat(client);
      await page.getByTestId('accept').click();
      await client.post(chatPath(chat.id, 'send'), { form: { message: 'before' } });
      await transcriptOf(page).getByText('before').waitFor();
      await page.reload();
      await transcriptOf(page).getByText('before').waitFor();
      await client.post(chatPath(chat.id, 'send'), { form: { message: 'after' } });
      await transcriptOf(page).getByText('after').waitFor();
      for (const text of ['before', 'after']) {
        expect(await transcriptOf(page).getByText(text, { exact: true }).count()).toBe(1);
      }
      await page.getByTestId('end').click();
      await page.getByTestId('end-confirm').click();
    },
    SHIFT_MS,
  );

  it(
    'travels through the time of a chat',
    async () => {
      const { page, faults } = await desk('sam');
      const chat = await startChat(client);
      for (const message of ['first', 'second', 'third']) {
        await client.post(chatPath(chat.id, 'send'), { form: { message } });
      }
      await page.getByTestId('supervision-tab').click();
      await page.getByTestId('travel-id').fill(chat.id);
      await page.getByTestId('travel-open').click();
      await transcriptOf(page).getByText('third').waitFor();
      await page.getByTestId('timeline').focus();
      for (const _ of [1, 2]) await page.keyboard.press('ArrowLeft');
      await transcriptOf(page).getByText('third').waitFor({ state: 'detached' });
      expect(await page.getByTestId('timeline-at').innerText()).toMatch(/\d+-\d+/);
      await page.keyboard.press('Home');
      await transcriptOf(page).getByText('first').waitFor({ state: 'detached' });
      expect(faults).toEqual([]);
    },
    SHIFT_MS,
  );

  it.each([
    ['light', 1280],
    ['dark', 1280],
    ['light', 390],
    ['dark', 390],
  ] as const)(
    'is for everybody, in %s at %d px',
    async (scheme, width) => {
      const { page } = await desk('kate', { scheme, width });
      expect(await accessViolations(page)).toEqual([]);
      await beReady(page);
      const chat = await startChat(client, { form: { firstName: 'Ann', color: 'red' } });
      await page.getByTestId('offer').waitFor();
      expect(await accessViolations(page)).toEqual([]);
      await page.getByTestId('accept').click();
      await client.post(chatPath(chat.id, 'send'), { form: { message: 'hello' } });
      await transcriptOf(page).getByText('hello').waitFor();
      await say(page, 'hi');
      expect(await accessViolations(page)).toEqual([]);
      await page.getByTestId('end').click();
      await page.getByTestId('end-confirm').click();
      await page.getByTestId('disposition-code').waitFor();
      expect(await accessViolations(page)).toEqual([]);
    },
    SHIFT_MS,
  );
});

describe('a desk whose gateway dies', () => {
  const { stack, desk } = usePages();

  it(
    'says that it is offline, keeps what was written, and goes on when it is back',
    async () => {
      const [gateway] = stack().gateways;
      const { page } = await desk('kate');
      await beReady(page);
      const other = new HttpClient(() => stack().gateways[1]?.url ?? '');
      const chat = await startChat(other);
      await page.getByTestId('accept').click();
      // Who writes must be known to be in the chat: that much is loaded before the gateway goes.
      await page.getByTestId('composer').waitFor();
      await gateway?.kill();
      await page.getByTestId('offline').waitFor();
      await sendTo(other, chat.id, 'are you there?');
      await say(page, 'written while offline');
      await stack().restartGateway(0);
      await page.getByTestId('offline').waitFor({ state: 'hidden' });
      await transcriptOf(page).getByText('are you there?').waitFor();
      const internal = new HttpClient(() => stack().gateways[1]?.internalUrl ?? '');
      const kate = new ApiAgent('kate', internal);
      await waitFor('what was written offline to be sent', async () => {
        const retry = page.getByTestId('retry');
        if ((await retry.count()) > 0) await retry.first().click();
        const { events } = await kate.get<{ readonly events: readonly { readonly text?: string }[] }>(
          `/chats/${chat.id}/events`,
        );
        return events.filter(({ text }) => text === 'written while offline').length === 1;
      });
      other.close();
      internal.close();
    },
    SHIFT_MS,
  );
});
