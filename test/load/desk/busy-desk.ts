import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { tokenOf } from '../../support/agents-file.js';
import { HttpClient, waitFor } from '../../support/http.js';
import type { StackGateway } from '../../support/stack.js';

/** How a page answered its user. */
export interface Delays {
  /** Events that the page was told meanwhile. */
  readonly told: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Between two frames, at most. */
  readonly frameMs: number;
}

/** Between two keys, in milliseconds: a quick typist. */
const KEY_EVERY_MS = 80;
const SERVICE = '/genesys/1/service';

interface Probe {
  readonly delays: number[];
  frameMs: number;
}

/** An agent with many live chats, who types while his customers write. */
export class BusyDesk {
  private sent = 0;

  private constructor(
    private readonly page: Page,
    private readonly client: HttpClient,
    private readonly chats: readonly string[],
  ) {}

  /** Signs in, takes the chats, and waits until the page shows them. */
  static async open(page: Page, gateway: StackGateway, count: number): Promise<BusyDesk> {
    await page.getByTestId('token').fill(tokenOf('kate'));
    await page.getByTestId('sign-in').click();
    await page.getByTestId('ready').click();
    const client = new HttpClient(gateway.url);
    const internal = new HttpClient(gateway.internalUrl);
    const headers = { authorization: `Bearer ${tokenOf('kate')}` };
    const chats = await Promise.all(Array.from({ length: count }, () => startChat(client)));
    for (const id of chats) {
      const token = await waitFor(`an offer of ${id}`, async () => {
        const { offers } = (await internal.get('/agent/v1/me', { headers })).json() as {
          readonly offers: readonly { readonly serviceId: string; readonly token: string }[];
        };
        return offers.find(({ serviceId }) => serviceId === id)?.token;
      });
      await internal.post(`/agent/v1/chats/${id}/accept`, { headers, json: { token } });
    }
    internal.close();
    await waitFor('the page to show them', async () => (await page.getByTestId('chat-item').count()) === count);
    await page.getByTestId('chat-item').first().click();
    await page.getByTestId('composer').waitFor();
    return new BusyDesk(page, client, chats);
  }

  /** Types for some time, while the customers write so many messages a second in all. */
  async type(perS: number, seconds: number): Promise<Delays> {
    const { page } = this;
    await page.evaluate(watch);
    const endMs = performance.now() + seconds * 1_000;
    const before = this.sent;
    const writing = this.write(perS, endMs);
    await page.getByTestId('composer').focus();
    while (performance.now() < endMs) {
      await page.keyboard.press('a');
      await pause(KEY_EVERY_MS);
    }
    await writing;
    const { delays, frameMs } = await page.evaluate(readProbe);
    await page.getByTestId('composer').fill('');
    const sorted = delays.sort((a, b) => a - b);
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    return { told: this.sent - before, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1), frameMs };
  }

  close(): void {
    this.client.close();
  }

  private async write(perS: number, endMs: number): Promise<void> {
    if (perS === 0) return;
    const startMs = performance.now();
    const first = this.sent;
    const under: Promise<unknown>[] = [];
    while (performance.now() < endMs) {
      const due = Math.floor(((performance.now() - startMs) / 1_000) * perS);
      while (this.sent - first < due) under.push(this.say());
      await pause(5);
    }
    await Promise.all(under);
  }

  private async say(): Promise<void> {
    const id = this.chats[this.sent % this.chats.length] ?? '';
    this.sent += 1;
    await this.client.post(`${SERVICE}/${id}/ixn/chat/send`, { form: { message: `message number ${this.sent}` } });
  }
}

const startChat = async (client: HttpClient): Promise<string> => {
  const { _id: id } = (await client.post(`${SERVICE}/request-chat`)).json() as { readonly _id: string };
  await client.post(`${SERVICE}/${id}/ixn/chat`, { form: { firstName: 'Ann' } });
  return id;
};

/** What a page has that Node has not. */
interface PageScope {
  probe?: Probe;
  stopProbe?: () => void;
  requestAnimationFrame(call: (nowMs: number) => void): void;
  addEventListener(type: 'keydown', call: (event: { readonly timeStamp: number }) => void, isCapture: boolean): void;
  removeEventListener(type: 'keydown', call: (event: { readonly timeStamp: number }) => void, isCapture: boolean): void;
}

/** In the page: notes how long each key waits for the frame that shows it, and the longest time between two frames. */
const watch = (): void => {
  const scope = globalThis as unknown as PageScope;
  scope.stopProbe?.();
  const probe: Probe = { delays: [], frameMs: 0 };
  let isOver = false;
  let last = performance.now();
  const frame = (now: number): void => {
    if (isOver) return;
    probe.frameMs = Math.max(probe.frameMs, now - last);
    last = now;
    scope.requestAnimationFrame(frame);
  };
  scope.requestAnimationFrame(frame);
  const onKey = ({ timeStamp }: { readonly timeStamp: number }): void => {
    scope.requestAnimationFrame(() => {
      // After the frame's own work.
      setTimeout(() => probe.delays.push(performance.now() - timeStamp));
    });
  };
  scope.addEventListener('keydown', onKey, true);
  scope.probe = probe;
  scope.stopProbe = () => {
    isOver = true;
    scope.removeEventListener('keydown', onKey, true);
  };
};

const readProbe = (): Probe => {
  const scope = globalThis as unknown as PageScope;
  scope.stopProbe?.();
  return scope.probe ?? { delays: [], frameMs: 0 };
};
