import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { useStack } from '../conformance/running-stack.js';
import { tokenOf, writeAgentsFile } from '../support/agents-file.js';
import { launchBrowser, openPage } from '../support/browser.js';

describe('the page of the Agent API', () => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-docs-'));
  const { stack } = useStack({
    workers: 0,
    env: { AGENTS_FILE: writeAgentsFile(folder, [{ id: 'kate', nickname: 'Kate' }]) },
  });
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });

  it('shows the calls, and makes them with a token', async () => {
    const { page, faults } = await openPage(browser, `${stack().gateways[0]?.internalUrl ?? ''}/docs`);
    await page.getByText('/agent/v1/me/sign-in').waitFor();
    await page.getByRole('button', { name: 'Authorize' }).click();
    await page.getByRole('textbox').fill(tokenOf('kate'));
    await page.getByRole('button', { name: 'Apply credentials' }).click();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.locator('#operations-default-me').click();
    await page.getByRole('button', { name: 'Try it out' }).click();
    await page.getByRole('button', { name: 'Execute' }).click();
    await page.locator('.live-responses-table .response-col_status', { hasText: '200' }).waitFor();
    expect(await page.locator('.live-responses-table').innerText()).toContain('"nickname": "Kate"');
    expect(faults).toEqual([]);
  }, 60_000);
});
