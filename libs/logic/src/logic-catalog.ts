import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { SettingsError } from '@app/config';
import type { Logger } from '@app/observability';
import { hashOfLogic } from './logic-hash.js';
import type { LogicHost } from './logic-host.js';
import type { LogicFinding } from './logic-report.js';
import type { LogicVersions } from './logic-versions.js';

/** A logic as services are started with it. */
export interface CurrentLogic {
  /** Of the file, without `.mjs`. */
  readonly name: string;
  readonly hash: string;
  readonly source: string;
}

export interface LogicCatalogOptions {
  /** Holds one `.mjs` file for each logic; one that is not there holds none. */
  readonly folder: string;
  readonly host: Pick<LogicHost, 'check'>;
  readonly versions: Pick<LogicVersions, 'save'>;
  readonly logger: Pick<Logger, 'info' | 'error'>;
  /** How often the folder is looked at, in milliseconds; 0 for never. @defaultValue 1000 */
  readonly pollMs?: number;
}

const SUFFIX = '.mjs';
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
/** A logic is a page or two. */
const SIZE_MAX = 262_144;

/**
 * The logics of a folder, each checked before a service is started with it. A file that changes is checked again; a
 * broken one is told of, and the version before stays.
 */
export class LogicCatalog {
  private readonly logics = new Map<string, CurrentLogic>();
  /** What of each file was looked at last: time and size. */
  private readonly marks = new Map<string, string>();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  private isClosed = false;

  private constructor(private readonly options: LogicCatalogOptions) {}

  /** @throws SettingsError naming the file, its line and what was expected */
  static async open(options: LogicCatalogOptions): Promise<LogicCatalog> {
    const catalog = new LogicCatalog(options);
    for (const file of await catalog.files()) {
      await catalog.markOf(file);
      await catalog.take(file);
    }
    catalog.schedule();
    return catalog;
  }

  /** The version that new services get; undefined when no file has this name. */
  current(name: string): CurrentLogic | undefined {
    return this.logics.get(name);
  }

  names(): readonly string[] {
    return [...this.logics.keys()].sort();
  }

  /** Looks at the folder now. */
  refresh(): Promise<void> {
    this.looking = this.looking.then(() => this.look());
    return this.looking;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.timer);
    await this.looking;
  }

  private schedule(): void {
    const { pollMs = 1_000 } = this.options;
    if (this.isClosed || pollMs === 0) return;
    this.timer = setTimeout(() => {
      void this.refresh().finally(() => {
        this.schedule();
      });
    }, pollMs);
    this.timer.unref();
  }

  private async look(): Promise<void> {
    const { logger } = this.options;
    const files = await this.files();
    for (const file of files) {
      const before = this.marks.get(file);
      if ((await this.markOf(file)) === before) continue;
      try {
        const logic = await this.take(file);
        if (logic !== undefined) {
          logger.info({ logic: logic.name, hash: logic.hash }, 'a logic was read: new services get it');
        }
      } catch (error) {
        // Redis or the thread may be away: the next look tries again.
        if (!(error instanceof SettingsError)) this.marks.delete(file);
        logger.error({ err: error, file }, 'a logic cannot be taken; the version before stays');
      }
    }
    for (const file of [...this.marks.keys()].filter((known) => !files.includes(known))) {
      this.marks.delete(file);
      this.logics.delete(nameOf(file));
      logger.info({ logic: nameOf(file) }, 'the file of a logic is gone: no new services get it');
    }
  }

  private async files(): Promise<readonly string[]> {
    let names: string[];
    try {
      names = await readdir(this.options.folder);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    }
    return names
      .filter((name) => name.endsWith(SUFFIX) && !name.startsWith('.'))
      .sort()
      .map((name) => join(this.options.folder, name));
  }

  private async markOf(file: string): Promise<string> {
    let mark = 'gone';
    try {
      const { mtimeMs, size, ino } = await stat(file);
      mark = `${mtimeMs} ${size} ${ino}`;
    } catch {
      // It went between two looks; the next one sees it.
    }
    this.marks.set(file, mark);
    return mark;
  }

  /** @returns undefined when the content is what it was */
  private async take(file: string): Promise<CurrentLogic | undefined> {
    const name = nameOf(file);
    if (!NAME.test(name)) {
      throw new SettingsError(`${file}: expected a name of 1 to 64 letters, digits, dots, dashes or underscores`);
    }
    const source = await sourceOf(file);
    const hash = hashOfLogic(source);
    if (this.logics.get(name)?.hash === hash) return undefined;
    const { errors } = await this.options.host.check(source);
    if (errors.length > 0) throw new SettingsError(errors.map((finding) => findingText(file, finding)).join('\n'));
    await this.options.versions.save(hash, source);
    const logic = Object.freeze({ name, hash, source });
    this.logics.set(name, logic);
    return logic;
  }
}

const nameOf = (file: string): string => basename(file, SUFFIX);

/** A finding as compilers put it: `file:line: what`. */
export const findingText = (file: string, { message, line }: LogicFinding): string =>
  `${file}:${line === undefined ? '' : `${line}:`} ${message}`;

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'an error';

const sourceOf = async (file: string): Promise<string> => {
  let source: string;
  try {
    source = await readFile(file, 'utf8');
  } catch (error) {
    throw new SettingsError(`${file}: expected a readable file, got ${codeOf(error)}`);
  }
  if (source.length <= SIZE_MAX) return source;
  throw new SettingsError(`${file}: expected at most ${SIZE_MAX} characters, got ${source.length}`);
};
