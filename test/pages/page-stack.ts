import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { useStack } from '../conformance/running-stack.js';
import { type AgentEntry, tokenOf, writeAgentsFile } from '../support/agents-file.js';
import { launchBrowser, openPage, type WatchedPage } from '../support/browser.js';
import { POKE_ENABLED, servicesWith } from '../support/services-folder.js';
import type { Stack } from '../support/stack.js';

/** Two agents and a supervisor. */
export const AGENTS: readonly AgentEntry[] = [
  { id: 'kate', nickname: 'Kate', skills: { sales: 5 }, capacity: 10 },
  { id: 'bob', nickname: 'Bob', skills: { service: 5 }, capacity: 10 },
  { id: 'sam', nickname: 'Sam', role: 'supervisor' },
];

const START_LIMIT_MS = 60_000;

/** A stack with pages, and a browser. */
export interface PageStack {
  readonly stack: () => Stack;
  readonly browser: () => Browser;
  /** The desk of a gateway, signed in. */
  readonly desk: (id: string, options?: DeskOptions) => Promise<WatchedPage>;
  /** The customer's page of a gateway. */
  readonly demo: (options?: DeskOptions) => Promise<WatchedPage>;
}

export interface DeskOptions {
  readonly gateway?: number;
  readonly scheme?: 'light' | 'dark';
  readonly width?: number;
}

const viewport = ({ scheme = 'light', width = 1280 }: DeskOptions) => ({
  colorScheme: scheme,
  viewport: { width, height: width < 600 ? 844 : 800 },
});

/** Starts both before the tests of the enclosing block and ends them after them. */
export const usePages = (env: Readonly<Record<string, string>> = {}): PageStack => {
  const folder = mkdtempSync(join(tmpdir(), 'parley-pages-'));
  const { stack } = useStack({
    gateways: 2,
    env: {
      DEMO_AGENT: '0',
      AGENTS_FILE: writeAgentsFile(folder, AGENTS),
      SERVICES_DIR: servicesWith(folder, POKE_ENABLED),
      ...env,
    },
  });
  let running: Browser | undefined;
  const browser = (): Browser => {
    if (running === undefined) throw new Error('the browser did not start, see above');
    return running;
  };

  beforeAll(async () => {
    running = await launchBrowser();
  }, START_LIMIT_MS);
  afterEach(async () => {
    for (const context of browser().contexts()) await context.close();
  });
  afterAll(async () => {
    await running?.close();
    rmSync(folder, { recursive: true });
  });

  const gatewayOf = ({ gateway = 0 }: DeskOptions) => {
    const found = stack().gateways[gateway];
    if (found === undefined) throw new Error(`the stack has no gateway ${gateway}`);
    return found;
  };
  const desk = async (id: string, options: DeskOptions = {}): Promise<WatchedPage> => {
    const watched = await openPage(browser(), `${gatewayOf(options).internalUrl}/desk`, viewport(options));
    await watched.page.getByTestId('token').fill(tokenOf(id));
    await watched.page.getByTestId('sign-in').click();
    await watched.page.getByTestId('ready').waitFor();
    return watched;
  };
  const demo = (options: DeskOptions = {}): Promise<WatchedPage> =>
    openPage(browser(), `${gatewayOf(options).url}/demo`, viewport(options));
  return { stack, browser, desk, demo };
};
