import { resolve } from 'node:path';
import { readSettings, SettingsError } from '@app/config';
import type { Fsync } from '@app/redis';
import { CommandFailure } from '../command-failure.js';

/** What the launcher itself has to know; the services read the rest. */
export interface LaunchSettings {
  readonly host: string;
  readonly port: number;
  readonly internalHost: string;
  readonly internalPort: number;
  readonly workerHost: string;
  readonly workerPort: number;
  /** An absolute path. */
  readonly dataDir: string;
  readonly demoAgent: boolean;
  /** Whether the settings say who agents are; else the start makes some up. */
  readonly hasAgents: boolean;
  /** Where an existing Redis is, in the words of the setting that says so; undefined to bring one. */
  readonly redis: string | undefined;
  /** How a Redis that is brought reaches its disk. */
  readonly fsync: Fsync;
}

const FSYNC = { local: 'no', everysec: 'everysec', always: 'always' } as const;

/** Settings that name a Redis to use as it is. */
const REDIS_SETTINGS = ['REDIS_URL', 'REDIS_SENTINELS', 'REDIS_CLUSTER_NODES'];

/** The environment of the services: as given, and the robot agent is on unless somebody decides otherwise. */
export const serviceEnvironment = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...env,
  DEMO_AGENT: isSet(env, 'DEMO_AGENT') ? env['DEMO_AGENT'] : '1',
});

/**
 * Judges all settings before anything is started, and keeps the launcher's share.
 * @throws CommandFailure with a line for each setting that is wrong
 */
export const readLaunchSettings = (env: NodeJS.ProcessEnv): LaunchSettings => {
  const redisSetting = REDIS_SETTINGS.find((name) => isSet(env, name));
  // The address of our own Redis is not known yet.
  const ownRedis = redisSetting === undefined ? { REDIS_URL: 'redis://127.0.0.1' } : {};
  try {
    const settings = readSettings({ ...serviceEnvironment(env), ...ownRedis });
    const { durability } = settings;
    if (redisSetting === undefined && durability === 'replicated') {
      throw new SettingsError(
        'DURABILITY: expected local, everysec or always, got "replicated": the Redis that is started here has no replicas; name one that has by REDIS_SENTINELS or REDIS_CLUSTER_NODES',
      );
    }
    return {
      host: settings.host,
      port: settings.port,
      internalHost: settings.internalHost,
      internalPort: settings.internalPort,
      workerHost: settings.workerHost,
      workerPort: settings.workerPort,
      dataDir: resolve(settings.dataDir),
      demoAgent: settings.demoAgent,
      hasAgents: settings.agentsFile !== undefined || settings.agentJwtIssuer !== undefined,
      fsync: durability === 'replicated' ? 'everysec' : FSYNC[durability],
      redis: redisSetting === undefined ? undefined : `${redisSetting}=${withoutSecrets(env[redisSetting] ?? '')}`,
    };
  } catch (error) {
    if (error instanceof SettingsError) throw new CommandFailure(error.message);
    throw error;
  }
};

const isSet = (env: NodeJS.ProcessEnv, name: string): boolean => (env[name] ?? '') !== '';

/** An address with its password left out, since it is printed. */
const withoutSecrets = (address: string): string => address.replace(/\/\/[^@/]*@/g, '//…@');
