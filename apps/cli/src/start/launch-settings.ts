import { resolve } from 'node:path';
import { CommandFailure } from '../command-failure.js';

/**
 * What the launcher itself has to know. Every other setting goes to the services untouched, which judge and document
 * all of them (`@app/config`).
 */
export interface LaunchSettings {
  readonly host: string;
  readonly port: number;
  readonly internalHost: string;
  readonly internalPort: number;
  readonly workerPort: number;
  /** An absolute path. */
  readonly dataDir: string;
  /** Where an existing Redis is, in the words of the setting that says so; undefined to bring one. */
  readonly redis: string | undefined;
}

/** Settings that name a Redis to use as it is, in the order they are looked at. */
const REDIS_SETTINGS = ['REDIS_URL', 'REDIS_SENTINELS', 'REDIS_CLUSTER_NODES'];

/** Reads the launcher's share of the environment. @throws CommandFailure naming a port that is none */
export const readLaunchSettings = (env: NodeJS.ProcessEnv): LaunchSettings => {
  const text = (name: string, fallback: string): string => {
    const value = env[name];
    return value === undefined || value === '' ? fallback : value;
  };
  const port = (name: string, fallback: number): number => {
    const value = text(name, String(fallback));
    if (!/^\d{1,5}$/.test(value) || Number(value) < 1 || Number(value) > 65_535) {
      throw new CommandFailure(`${name}: expected a port number from 1 to 65535, got "${value}"`);
    }
    return Number(value);
  };
  const redisSetting = REDIS_SETTINGS.find((name) => text(name, '') !== '');
  return {
    host: text('HOST', '127.0.0.1'),
    port: port('PORT', 8080),
    internalHost: text('INTERNAL_HOST', '127.0.0.1'),
    internalPort: port('INTERNAL_PORT', 8081),
    workerPort: port('WORKER_PORT', 8082),
    dataDir: resolve(text('DATA_DIR', './data')),
    redis: redisSetting === undefined ? undefined : `${redisSetting}=${withoutSecrets(text(redisSetting, ''))}`,
  };
};

/** An address with its password left out, since it is printed. */
const withoutSecrets = (address: string): string => address.replace(/\/\/[^@/]*@/g, '//…@');
