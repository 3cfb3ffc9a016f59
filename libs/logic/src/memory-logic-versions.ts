import type { LogicVersions } from './logic-versions.js';

/** Versions for tests and for a process that is alone. */
export class MemoryLogicVersions implements LogicVersions {
  private readonly sources = new Map<string, string>();

  save(hash: string, source: string): Promise<void> {
    this.sources.set(hash, source);
    return Promise.resolve();
  }

  load(hash: string): Promise<string | undefined> {
    return Promise.resolve(this.sources.get(hash));
  }
}
