import { Worker } from 'node:worker_threads';
import type { Answer } from './machine/entry.js';
import { LogicError } from './logic-error.js';
import type { ThreadCall, ThreadWord } from './thread/protocol.js';
import { threadFile } from './thread-file.js';

/** Until the thread says so much itself, it is the machine that is slow, not a logic. In milliseconds. */
const START_LIMIT_MS = 30_000;

export interface LaneOptions {
  /** How long the code of a logic may take for one call, in milliseconds. */
  readonly timeLimitMs: number;
  /** Heap of the thread. */
  readonly memoryMb: number;
  /** The thread is ended as soon as nothing waits for it. */
  readonly isBrief?: boolean;
}

export type LaneCall = Omit<ThreadCall, 'id'> & {
  /** Instead of the limit of the lane, in milliseconds. */
  readonly timeLimitMs?: number;
};

interface Job {
  readonly call: LaneCall;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One thread and the calls that wait for it. A call that takes too long, or too much memory, ends the thread; a new one
 * goes on with the next call.
 */
export class Lane {
  private readonly queue: Job[] = [];
  private current: (Job & { readonly id: number; isStarted: boolean }) | undefined;
  private worker: Worker | undefined;
  private isReady = false;
  private isClosed = false;
  private timer: NodeJS.Timeout | undefined;
  private calls = 0;

  constructor(private readonly options: LaneOptions) {}

  /** @throws LogicError when the logic fails, Error when the thread cannot run at all */
  run(call: LaneCall): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.isClosed) {
        reject(new Error('logic host: it is closed'));
        return;
      }
      this.queue.push({ call, resolve, reject });
      this.next();
    });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    const error = new Error('logic host: it was closed');
    for (const job of this.queue.splice(0)) job.reject(error);
    this.current?.reject(error);
    await this.endThread();
  }

  private next(): void {
    if (this.current !== undefined) return;
    if (this.queue.length === 0) {
      this.worker?.unref();
      if (this.options.isBrief === true) void this.endThread();
      return;
    }
    if (this.worker === undefined) this.startThread();
    this.worker?.ref();
    if (!this.isReady) return;
    const job = this.queue.shift();
    if (job === undefined) return;
    this.calls += 1;
    this.current = { ...job, id: this.calls, isStarted: false };
    this.limit(START_LIMIT_MS);
    const { hash, source, work } = job.call;
    this.worker?.postMessage({ id: this.calls, hash, source, work } satisfies ThreadCall);
  }

  private startThread(): void {
    const { memoryMb } = this.options;
    const worker = new Worker(threadFile(), {
      // Neither the settings nor the secrets of the server are anything to a logic.
      env: {},
      argv: [],
      execArgv: ['--experimental-vm-modules', '--no-warnings'],
      resourceLimits: { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: Math.ceil(memoryMb / 4) },
    });
    this.worker = worker;
    this.isReady = false;
    this.limit(START_LIMIT_MS);
    let fault: unknown;
    worker.on('message', (word: ThreadWord) => {
      if (worker === this.worker) this.hear(word);
    });
    worker.on('error', (error) => {
      fault = error;
    });
    worker.on('exit', () => {
      if (worker === this.worker) this.lose(fault);
    });
  }

  private hear(word: ThreadWord): void {
    const { current } = this;
    switch (word.word) {
      case 'ready':
        this.isReady = true;
        clearTimeout(this.timer);
        this.next();
        return;
      case 'started':
        if (word.id !== current?.id) return;
        current.isStarted = true;
        this.limit(current.call.timeLimitMs ?? this.options.timeLimitMs);
        return;
      case 'broken':
        if (word.id !== current?.id) return;
        this.finish();
        current.reject(new Error(`logic host: ${word.message}`));
        this.next();
        return;
      case 'answer':
        if (word.id !== current?.id) return;
        this.finish();
        settle(current, JSON.parse(word.json) as Answer);
        this.next();
        return;
    }
  }

  private limit(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      // Our own loop may have been busy: what has been said meanwhile is heard first.
      const { worker, current, isReady } = this;
      setImmediate(() => {
        if (worker !== this.worker || current !== this.current || isReady !== this.isReady) return;
        this.overdue(ms);
      });
    }, ms);
  }

  private overdue(ms: number): void {
    const { current } = this;
    void this.endThread();
    if (current === undefined) {
      this.failAll(new Error(`logic host: its thread did not start within ${ms} ms`));
      return;
    }
    this.finish();
    current.reject(
      current.isStarted
        ? new LogicError('timeout', `expected an answer within ${ms} ms, got none`, undefined, true)
        : new Error(`logic host: its thread did not begin with a call within ${ms} ms`),
    );
    this.next();
  }

  /** The thread ended by itself. */
  private lose(fault: unknown): void {
    const { current, isReady } = this;
    this.worker = undefined;
    this.finish();
    const isMemory = codeOf(fault) === 'ERR_WORKER_OUT_OF_MEMORY';
    if (!isReady) {
      this.failAll(new Error('logic host: its thread did not start', { cause: fault }));
      return;
    }
    const message = isMemory
      ? `expected at most ${this.options.memoryMb} MB of memory to be used, got more`
      : 'the thread of logics ended while this one ran';
    current?.reject(new LogicError('threw', message, undefined, true));
    this.next();
  }

  private failAll(error: Error): void {
    for (const job of this.queue.splice(0)) job.reject(error);
  }

  private finish(): void {
    clearTimeout(this.timer);
    this.current = undefined;
  }

  private async endThread(): Promise<void> {
    clearTimeout(this.timer);
    const { worker } = this;
    this.worker = undefined;
    this.isReady = false;
    await worker?.terminate();
  }
}

const codeOf = (fault: unknown): unknown =>
  typeof fault === 'object' && fault !== null && 'code' in fault ? fault.code : undefined;

const settle = ({ resolve, reject }: Job, answer: Answer): void => {
  if ('value' in answer) {
    resolve(answer.value);
    return;
  }
  const { kind, message, line } = answer.failure;
  reject(new LogicError(kind, line === undefined ? message : `line ${line}: ${message}`, line));
};
