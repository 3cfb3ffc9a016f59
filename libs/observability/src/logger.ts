import {
  destination as openDestination,
  type DestinationStream,
  type Logger as PinoLogger,
  pino,
  stdTimeFunctions,
} from 'pino';

export type Logger = PinoLogger;

/** Keys whose values never reach a log, wherever they stand in a line. */
const SECRET_KEYS = [
  'password',
  'authorization',
  'token',
  'secureKey',
  'message_text',
  'text',
  'device',
  'notificationId',
];

export interface LoggerOptions {
  /** The process: `gateway`, `worker`. */
  readonly name: string;
  readonly level: string;
  /** Standard output where it is left out. */
  readonly destination?: DestinationStream;
}

/** Makes a logger of JSON lines with ISO times. Values are JSON strings, so no value can forge a line. */
export const createLogger = ({ name, level, destination }: LoggerOptions): Logger =>
  pino(
    {
      name,
      level,
      timestamp: stdTimeFunctions.isoTime,
      redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`]), censor: '[hidden]' },
    },
    destination ?? openDestination(1),
  );
