import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { readSettings, type Settings, SettingsError } from '@app/config';
import { AuditLog } from '@app/event-store';
import { createLogger, createMetrics } from '@app/observability';
import { classifyRedisFailure, type ConnectionPurpose, type RedisConnection, StoreUnavailableError } from '@app/redis';
import { connector, createServiceStore, type ServiceStore } from '@app/runtime';
import { CommandFailure } from '../command-failure.js';
import { exitCode } from '../exit-code.js';

/** The store that a command works on. */
export interface StoreAccess extends ServiceStore {
  readonly settings: Settings;
  /** Opens one more connection; whoever opens it ends it. */
  readonly connect: (purpose: ConnectionPurpose) => RedisConnection;
  readonly audit: AuditLog;
  /** Who is at the terminal, for the audit log. */
  readonly by: string;
}

const REDIS_SETTINGS = ['REDIS_URL', 'REDIS_SENTINELS', 'REDIS_CLUSTER_NODES'];

/** The Redis of an `npm start` on this machine: its port stands in the data folder. */
const ownRedis = (env: NodeJS.ProcessEnv): string | undefined => {
  const dataDir = env['DATA_DIR'] ?? '';
  const file = join(resolve(dataDir === '' ? './data' : dataDir), 'redis', 'server.json');
  try {
    const memory: unknown = JSON.parse(readFileSync(file, 'utf8'));
    const isKnown = typeof memory === 'object' && memory !== null && 'port' in memory;
    return isKnown && typeof memory.port === 'number' ? `redis://127.0.0.1:${memory.port}` : undefined;
  } catch {
    return undefined;
  }
};

/** The settings of a command: those of the environment, and the Redis of `npm start` where none is named. */
export const storeSettings = (env: NodeJS.ProcessEnv): Settings => {
  const isNamed = REDIS_SETTINGS.some((name) => (env[name] ?? '') !== '');
  const own = isNamed ? undefined : ownRedis(env);
  try {
    return readSettings({ ...env, ...(own === undefined ? {} : { REDIS_URL: own }) });
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const hint = isNamed || own !== undefined ? '' : '\n(or run it beside `npm start`, with the same DATA_DIR)';
    throw new CommandFailure(`${error.message}${hint}`);
  }
};

/**
 * Opens the store, does something with it, and closes it, whatever comes of it.
 * @throws CommandFailure with exit code 69 when Redis cannot be reached
 */
export const withStore = async <T>(
  work: (store: StoreAccess) => Promise<T>,
  env: NodeJS.ProcessEnv = process.env,
): Promise<T> => {
  const settings = storeSettings(env);
  const logger = createLogger({ name: 'cli', level: 'silent' });
  const connect = connector(settings, logger);
  const store = createServiceStore(settings, connect, logger, createMetrics({ service: 'cli' }));
  try {
    await store.clock.start();
    const audit = new AuditLog(store.redis, store.keys, settings.requestDeadlineMs);
    return await work({ ...store, settings, connect, audit, by: `${userInfo().username}@${hostname()}` });
  } catch (error) {
    if (isAway(error)) throw new CommandFailure(`Redis: ${error.message}`, exitCode.unavailable);
    throw error;
  } finally {
    store.clock.stop();
    for (const connection of store.connections) connection.disconnect();
  }
};

const isAway = (error: unknown): error is Error =>
  error instanceof StoreUnavailableError ||
  (error instanceof Error && !(error instanceof CommandFailure) && classifyRedisFailure(error) === 'unknown');
