import type { LogicEffect, LogicInput } from '@app/domain';
import type { Logger } from '@app/observability';
import { Lane, type LaneCall } from './lane.js';
import { LogicError } from './logic-error.js';
import { hashOfLogic } from './logic-hash.js';
import { brokenReport, type LogicReport } from './logic-report.js';
import type { MachineReport } from './machine/check-machine.js';
import { frozen } from './machine/plain.js';
import { lineOf, scanSource, wordsOf } from './source-scan.js';

export interface LogicHostOptions {
  /** How long a logic may take for one run, in milliseconds. @defaultValue 250 */
  readonly timeLimitMs?: number;
  /** Heap of the thread; what a logic may use is what the others leave. @defaultValue 64 */
  readonly memoryMb?: number;
  readonly logger?: Pick<Logger, 'warn'>;
}

export interface LogicRun {
  /** Of the source, see `hashOfLogic`. */
  readonly hash: string;
  readonly source: string;
  readonly serviceName: string;
  /** Of the run before; undefined at the start of a service. */
  readonly snapshot: string | undefined;
  /** At least one; the first of a service is `requested`. */
  readonly inputs: readonly LogicInput[];
}

export interface LogicRunResult {
  /** Where the logic stands now, JSON. */
  readonly snapshot: string;
  /** One list for each input, in their order. */
  readonly effects: readonly (readonly LogicEffect[])[];
}

/** A version that held others up runs apart from them for so long, in milliseconds. */
const SUSPICION_MS = 60_000;
/** How much longer it may take there: it may have been the machine that was slow. */
const PATIENCE = 4;
/** A check tries a logic with thousands of inputs. In milliseconds. */
const CHECK_LIMIT_MS = 5_000;
const SUSPECTS_MAX = 1_000;

/**
 * Runs service logics in a thread of their own, without clock, chance, network and files, each version in a world of its
 * own. One that loops or eats memory costs the others at most one time limit: its next runs are apart from theirs.
 */
export class LogicHost {
  private readonly lane: Lane;
  private readonly apart: Lane;
  private readonly timeLimitMs: number;
  private readonly logger: Pick<Logger, 'warn'> | undefined;
  /** Versions under suspicion, with the end of it on the clock of this process. */
  private readonly suspects = new Map<string, number>();

  constructor({ timeLimitMs = 250, memoryMb = 64, logger }: LogicHostOptions = {}) {
    this.timeLimitMs = timeLimitMs;
    this.logger = logger;
    this.lane = new Lane({ timeLimitMs, memoryMb });
    this.apart = new Lane({ timeLimitMs: timeLimitMs * PATIENCE, memoryMb, isBrief: true });
  }

  /** @throws LogicError, Error when the thread cannot run at all */
  async run({ hash, source, serviceName, snapshot, inputs }: LogicRun): Promise<LogicRunResult> {
    const result = await this.call({ hash, source, work: { run: { serviceName, snapshot, inputs } } });
    return frozen(result as LogicRunResult);
  }

  /** Looks at a logic and tries it. Never throws for what is wrong with it. */
  async check(source: string): Promise<LogicReport> {
    const scanned = scanSource(source);
    const words = wordsOf(source);
    try {
      const work = { check: words };
      const call = { hash: hashOfLogic(source), source, work, timeLimitMs: CHECK_LIMIT_MS };
      const report = (await this.apart.run(call)) as MachineReport;
      const located = (findings: MachineReport['errors']) =>
        findings.map(({ message, near = [], line = lineOf(source, near) }) => ({
          message,
          ...(line === undefined ? {} : { line }),
        }));
      return { ...report, errors: [...scanned, ...located(report.errors)], warnings: located(report.warnings) };
    } catch (error) {
      if (!(error instanceof LogicError)) throw error;
      const { message, line } = error;
      const plain = line === undefined ? message : message.replace(`line ${line}: `, '');
      return brokenReport(...scanned, { message: plain, ...(line === undefined ? {} : { line }) });
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.lane.close(), this.apart.close()]);
  }

  private async call(call: LaneCall): Promise<unknown> {
    const isSuspect = (this.suspects.get(call.hash) ?? 0) > performance.now();
    try {
      return await (isSuspect ? this.apart : this.lane).run(call);
    } catch (error) {
      if (error instanceof LogicError && error.isOfThread) this.suspect(call.hash, error);
      throw error;
    }
  }

  private suspect(hash: string, { message }: LogicError): void {
    const nowMs = performance.now();
    for (const [known, endMs] of this.suspects) {
      if (endMs > nowMs && this.suspects.size < SUSPECTS_MAX) break;
      this.suspects.delete(known);
    }
    this.suspects.delete(hash);
    this.suspects.set(hash, nowMs + SUSPICION_MS);
    this.logger?.warn(
      { logic: hash, reason: message, apartMs: SUSPICION_MS, limitMs: this.timeLimitMs * PATIENCE },
      'a logic ended the thread of logics: for a while it runs apart from the others',
    );
  }
}
