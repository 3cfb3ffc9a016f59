import { setTimeout as pause } from 'node:timers/promises';
import { SettingsError } from '@app/config';
import type { LogicCatalog } from '@app/logic';
import { StoreUnavailableError } from '@app/redis';
import type { ServiceCatalog } from './service-catalog.js';
import type { ServiceLogics } from './service-logics.js';

/** Between two tries to reach the store, in milliseconds. */
const AGAIN_MS = 250;

/** The logics of the folder, from when the store has been reached and keeps them. */
export class LogicFolder implements ServiceLogics {
  private catalog: LogicCatalog | undefined;

  constructor(
    private readonly services: Pick<ServiceCatalog, 'all'>,
    private readonly openCatalog: () => Promise<LogicCatalog>,
  ) {}

  /** Checks the logics and has them kept. @throws SettingsError for a broken one, and for one that is not there */
  async open(): Promise<void> {
    while (this.catalog === undefined) {
      try {
        this.catalog = await this.openCatalog();
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error;
        // A store that takes no writes says so at once.
        await pause(AGAIN_MS);
      }
    }
    for (const { name, logic } of this.services.all()) {
      if (logic === undefined || this.catalog.current(logic) !== undefined) continue;
      throw new SettingsError(`${name}: logic: expected the name of a file in logic, got "${logic}"`);
    }
  }

  /** @throws StoreUnavailableError before the store has been reached: whoever asks then is to ask again */
  current(name: string): { readonly hash: string } | undefined {
    if (this.catalog === undefined) throw new StoreUnavailableError('the logics are not kept yet');
    return this.catalog.current(name);
  }

  async close(): Promise<void> {
    await this.catalog?.close();
  }
}
