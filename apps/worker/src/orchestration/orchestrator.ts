import {
  BEFORE_FIRST,
  DomainError,
  type EntryId,
  evolveHistory,
  formatEntryId,
  type LogicEffect,
  type LogicHistory,
  logicInputOf,
  type LogicStep,
  NO_HISTORY,
  type ServiceCommand,
  type ServiceState,
} from '@app/domain';
import { LogicError, type LogicHost, type LogicVersions } from '@app/logic';
import type { Logger } from '@app/observability';
import { breakpoint, type ServiceRepository } from '@app/runtime';
import { LRUCache } from 'lru-cache';

/** How far the logic of one service has been told. */
interface Told {
  readonly last: EntryId;
  readonly history: LogicHistory;
  /** Of the machine, JSON; undefined before its first step. */
  readonly snapshot: string | undefined;
}

export interface OrchestratorOptions {
  readonly services: Pick<ServiceRepository, 'events' | 'execute'>;
  readonly host: Pick<LogicHost, 'run'>;
  readonly versions: Pick<LogicVersions, 'load'>;
  readonly logger: Pick<Logger, 'error'>;
  readonly cacheEntries: number;
  /** Told of every logic that failed. */
  readonly onFailed: () => void;
}

/** A logic that failed so often is not asked again. */
const TRIES_MAX = 2;

const NOBODY: Told = { last: BEFORE_FIRST, history: NO_HISTORY, snapshot: undefined };

/**
 * Has the logics of advanced services answer what happens, and writes their answers into the streams: those of one event
 * in one append, under the name of that event, so that each is given once however often it is looked at. Where a logic
 * stands follows from the stream alone; what is kept here only saves the way.
 */
export class Orchestrator {
  private readonly told: LRUCache<string, Told>;
  /** How often the logic of a service has failed in a row. */
  private readonly failures: LRUCache<string, number>;

  constructor(private readonly options: OrchestratorOptions) {
    this.told = new LRUCache({ max: options.cacheEntries });
    this.failures = new LRUCache({ max: options.cacheEntries });
  }

  /**
   * @returns the state after the last answer; undefined when there was none
   * @throws LogicError when the logic fails, StoreUnavailableError
   */
  async follow(serviceId: string): Promise<ServiceState | undefined> {
    const before = this.told.get(serviceId) ?? NOBODY;
    const events = await this.options.services.events(serviceId, before.last);
    let { history, last } = before;
    const steps: LogicStep[] = [];
    for (const recorded of events) {
      history = evolveHistory(history, recorded);
      last = { position: recorded.position, n: recorded.n };
      const input = logicInputOf(history, recorded);
      if (input !== undefined) steps.push({ cause: last, input });
    }
    const { logic } = history;
    if (logic === undefined || history.isOver || steps.length === 0) {
      this.told.set(serviceId, { last, history, snapshot: before.snapshot });
      return undefined;
    }
    const { snapshot, effects } = await this.ask(serviceId, history, before.snapshot, steps);
    breakpoint('logic-answered');
    let state: ServiceState | undefined;
    for (const [index, { cause }] of steps.entries()) {
      const answer = effects[index] ?? [];
      if (answer.length === 0) continue;
      state = await this.apply(serviceId, cause, answer);
      breakpoint('answer-applied');
    }
    this.told.set(serviceId, { last, history, snapshot });
    this.failures.delete(serviceId);
    return state;
  }

  private async ask(
    serviceId: string,
    { logic = '', serviceName }: LogicHistory,
    snapshot: string | undefined,
    steps: readonly LogicStep[],
  ): Promise<Awaited<ReturnType<LogicHost['run']>>> {
    const inputs = steps.map(({ input }) => input);
    try {
      const source = await this.options.versions.load(logic);
      if (source === undefined) throw new LogicError('invalid', `no worker has ever seen the logic ${logic}`);
      return await this.options.host.run({ hash: logic, source, serviceName, snapshot, inputs });
    } catch (error) {
      if (error instanceof LogicError) await this.fail(serviceId, steps[0]?.cause ?? BEFORE_FIRST, error);
      throw error;
    }
  }

  /** The first failure may be the machine's: it is tried once more before the service is given up. */
  private async fail(serviceId: string, cause: EntryId, { message }: LogicError): Promise<void> {
    const failures = (this.failures.get(serviceId) ?? 0) + 1;
    this.failures.set(serviceId, failures);
    if (failures < TRIES_MAX) return;
    this.failures.delete(serviceId);
    this.options.onFailed();
    this.options.logger.error({ serviceId, reason: message }, 'the logic of a service failed; its status is error now');
    await this.execute(serviceId, `logic-failed:${formatEntryId(cause)}`, () => ({
      ...{ type: 'FailLogic', cause, reason: message },
    }));
  }

  private apply(serviceId: string, cause: EntryId, effects: readonly LogicEffect[]): Promise<ServiceState> {
    const commandId = `logic:${formatEntryId(cause)}`;
    return this.execute(serviceId, commandId, (atMs) => ({ type: 'ApplyEffects', cause, effects, atMs }));
  }

  private async execute(
    serviceId: string,
    commandId: string,
    command: (nowMs: number) => ServiceCommand,
  ): Promise<ServiceState> {
    try {
      const { state } = await this.options.services.execute(serviceId, {
        commandId,
        commands: (_, nowMs) => [command(nowMs)],
      });
      return state;
    } catch (error) {
      // The service went while its logic was thinking.
      if (error instanceof DomainError) return { status: 'absent' };
      throw error;
    }
  }
}
