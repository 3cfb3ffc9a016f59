import { accessSync, constants, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** `npm test` sees to it that there is one. */
const browserPath = (): string => {
  const named = process.env['CHROMIUM_BINARY'];
  if (named !== undefined && named !== '') return named;
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const found = folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find(isExecutable);
  if (found !== undefined) return found;
  throw new Error('expected a browser: install chromium, or name one with CHROMIUM_BINARY');
};

/** How long a page may take for anything that a test waits for, in milliseconds. */
const PATIENCE_MS = 15_000;

/** A real browser without a screen. */
export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: browserPath(),
    // Tests may run as root, in a container with little shared memory.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  });

/** A page of its own, and whatever went wrong in it. */
export interface WatchedPage {
  readonly page: Page;
  /** Errors of scripts, and what the page's policy forbade. */
  readonly faults: readonly string[];
}

/** What a browser says of a request that failed is no fault of the page: tests of dying gateways have many. */
const isNetwork = (text: string): boolean => /Failed to load resource|net::ERR_/.test(text);

export const openPage = async (
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> => {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !isNetwork(message.text())) faults.push(message.text());
  });
  await page.goto(url);
  return { page, faults };
};

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Violations of WCAG 2 AA, in a few words each. */
export const accessViolations = async (page: Page): Promise<readonly string[]> => {
  // The page's own policy forbids scripts of others; the debugger's are not asked.
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      readonly axe: {
        run(options: object): Promise<{
          readonly violations: readonly {
            readonly id: string;
            readonly help: string;
            readonly nodes: readonly { readonly html: string }[];
          }[];
        }>;
      };
    };
    const { violations } = await axe.run({
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    });
    return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' | ')}`);
  });
};
