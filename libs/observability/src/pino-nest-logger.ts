import type { LoggerService } from '@nestjs/common';
import type { Logger } from './logger.js';

/** Who in Nest tells of a normal start: one line for each module and route, of interest to its developers only. */
const START_UP_CONTEXTS: ReadonlySet<string> = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'WebSocketsController',
  'NestApplication',
  'NestMicroservice',
]);

type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

const contextOf = (parameters: readonly unknown[]): string | undefined => {
  const last = parameters.at(-1);
  return typeof last === 'string' ? last : undefined;
};

const isStack = (value: unknown): value is string => typeof value === 'string' && /^\s+at /m.test(value);

/** Nest's own lines in our log: its levels become ours, what it tells of a normal start is `debug`. */
export class PinoNestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...parameters: unknown[]): void {
    const isStartUp = START_UP_CONTEXTS.has(contextOf(parameters) ?? '');
    this.write(isStartUp ? 'debug' : 'info', message, parameters);
  }

  fatal(message: unknown, ...parameters: unknown[]): void {
    this.write('fatal', message, parameters);
  }

  error(message: unknown, ...parameters: unknown[]): void {
    this.write('error', message, parameters);
  }

  warn(message: unknown, ...parameters: unknown[]): void {
    this.write('warn', message, parameters);
  }

  debug(message: unknown, ...parameters: unknown[]): void {
    this.write('debug', message, parameters);
  }

  verbose(message: unknown, ...parameters: unknown[]): void {
    this.write('trace', message, parameters);
  }

  /** Nest puts the context last; before it, of an error, its stack. */
  private write(level: Level, message: unknown, parameters: readonly unknown[]): void {
    const stack = parameters.find(isStack);
    const context = contextOf(parameters.filter((parameter) => !isStack(parameter)));
    const fields = { ...(context === undefined ? {} : { context }), ...(stack === undefined ? {} : { stack }) };
    if (message instanceof Error) this.logger[level]({ ...fields, err: message }, message.message);
    else if (typeof message === 'object' && message !== null) this.logger[level]({ ...fields, details: message });
    else this.logger[level](fields, String(message));
  }
}
