import {
  type Bindings,
  type ChildLoggerOptions,
  destination as openDestination,
  type DestinationStream,
  type Logger as PinoLogger,
  pino,
  stdTimeFunctions,
} from 'pino';
import { loggableFields } from './loggable.js';
import { masked } from './masking.js';

export type Logger = PinoLogger;

export interface LoggerOptions {
  /** The process: `gateway`, `worker`. */
  readonly name: string;
  readonly level: string;
  /** Standard output where it is left out. */
  readonly destination?: DestinationStream;
}

/**
 * Makes a logger of JSON lines with ISO times. Values are JSON strings, so no value can forge a line; secrets are hidden
 * in whatever depth. In messages card numbers and the like are hidden; what customers wrote does not belong there at all.
 */
export const createLogger = ({ name, level, destination }: LoggerOptions): Logger => {
  const plain = pino(
    {
      name,
      level,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { log: loggableFields },
      hooks: {
        logMethod(args, method) {
          // What was refused may be named in the words of who sent it.
          method.apply(this, args.map((arg: unknown) => (typeof arg === 'string' ? masked(arg) : arg)) as typeof args);
        },
      },
      // The formatter has told of the error already.
      serializers: { err: (described: unknown) => described },
    },
    destination ?? openDestination(1),
  );
  // The fields that a child always has do not pass by the formatter of its parent.
  const child = function (this: Logger, bindings: Bindings, options?: ChildLoggerOptions<string>) {
    return plain.child.call<Logger, [Bindings, ChildLoggerOptions<string>?], PinoLogger<string>>(
      this,
      loggableFields(bindings),
      options,
    );
  };
  return Object.create(plain, { child: { value: child } }) as Logger;
};
