import { readFileSync, statSync } from 'node:fs';
import { SettingsError } from '@app/config';
import type { Logger } from '@app/observability';
import type { AgentProfile } from './agent-profile.js';
import { type AgentsDocument, readAgentsDocument } from './agents-document.js';
import type { DeskLists } from './desk-lists.js';

/** The agents that are known by name. */
export interface KnownAgents {
  readonly all: readonly AgentProfile[];
  withId: (id: string) => AgentProfile | undefined;
  /** @param digest - @see tokenDigest */
  withTokenDigest: (digest: string) => AgentProfile | undefined;
}

export interface AgentsFileOptions {
  /** How often the file is looked at, in milliseconds; 0 for never. @defaultValue 1000 */
  readonly pollMs?: number;
}

type FileLogger = Pick<Logger, 'info' | 'error'>;

/**
 * The agents and desk lists of a file, followed as it changes. A file that is broken is told of once, and what stood in
 * it before stays until it is sound again; at the start it is refused.
 */
export class AgentsFile implements KnownAgents {
  private timer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly path: string,
    private readonly logger: FileLogger,
    /** What of the file was looked at last: time, size and place. */
    private mark: string,
    private document: AgentsDocument,
  ) {}

  /** @throws SettingsError naming file, path and expectation, never a token */
  static open(path: string, logger: FileLogger, { pollMs = 1_000 }: AgentsFileOptions = {}): AgentsFile {
    // The mark is taken first: what is written meanwhile is read again.
    const file = new AgentsFile(path, logger, markOf(path), readAgentsFile(path));
    if (pollMs > 0) {
      file.timer = setInterval(() => {
        file.look();
      }, pollMs).unref();
    }
    return file;
  }

  get all(): readonly AgentProfile[] {
    return [...this.document.agents.values()];
  }

  get desk(): DeskLists {
    return this.document.desk;
  }

  withId(id: string): AgentProfile | undefined {
    return this.document.agents.get(id);
  }

  withTokenDigest(digest: string): AgentProfile | undefined {
    const id = this.document.ids.get(digest);
    return id === undefined ? undefined : this.document.agents.get(id);
  }

  /** Looks at the file now. */
  look(): void {
    const { path: file, logger } = this;
    const mark = markOf(file);
    if (mark === this.mark) return;
    this.mark = mark;
    try {
      this.document = readAgentsFile(file);
      logger.info({ file, agents: this.document.agents.size }, 'the agents file was read again');
    } catch (error) {
      if (!(error instanceof SettingsError)) throw error;
      logger.error({ file, reason: error.message }, 'the agents file cannot be taken; what it said before stays');
    }
  }

  close(): void {
    clearInterval(this.timer);
  }
}

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'no content';

const readAgentsFile = (path: string): AgentsDocument => {
  let source: string;
  try {
    source = readFileSync(path, 'utf8');
  } catch (error) {
    throw new SettingsError(`${path}: expected a readable file, got ${codeOf(error)}`);
  }
  return readAgentsDocument(path, source);
};

const markOf = (path: string): string => {
  try {
    const { mtimeMs, size, ino } = statSync(path);
    return `${mtimeMs} ${size} ${ino}`;
  } catch (error) {
    return codeOf(error);
  }
};
