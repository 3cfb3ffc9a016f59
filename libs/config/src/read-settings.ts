import { isIP } from 'node:net';
import { SETTINGS, type Settings } from './settings.js';
import { ExpectationError, type Setting } from './setting.js';

/** The environment is wrong. The message has a line for each fault and no secret. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

/** Faults that only several settings together show. */
const crossCheck = (settings: Settings, env: NodeJS.ProcessEnv): string[] => {
  const faults: string[] = [];
  const redis = [settings.redisUrl, settings.redisClusterNodes, settings.redisSentinels].filter(
    (value) => value !== undefined,
  );
  if (redis.length !== 1) {
    const got = redis.length === 0 ? 'none' : 'more than one';
    faults.push(
      `REDIS_URL: expected exactly one of REDIS_URL (such as redis://localhost:6379), REDIS_CLUSTER_NODES and REDIS_SENTINELS, got ${got}`,
    );
  }
  const isOpen = !isLoopback(settings.host) && (env['TRUSTED_PROXIES'] ?? '') === '' && !settings.allowInsecure;
  if (isOpen) {
    faults.push(
      `HOST: expected a loopback address, got "${settings.host}": beyond loopback set TRUSTED_PROXIES to the gateway in front, or ALLOW_INSECURE=1 where nobody else can connect`,
    );
  }
  return faults;
};

/** Reads every setting once. Empty variables count as not set. @throws SettingsError */
export const readSettings = (env: NodeJS.ProcessEnv): Settings => {
  const faults: string[] = [];
  const entries = Object.entries<Setting<unknown>>(SETTINGS).map(([key, { env: name, isSecret, read }]) => {
    try {
      return [key, read(env[name])];
    } catch (error) {
      if (!(error instanceof ExpectationError)) throw error;
      faults.push(`${name}: ${error.message}, got ${isSecret ? 'something else' : JSON.stringify(env[name])}`);
      return [key, undefined];
    }
  });
  const settings = Object.freeze(Object.fromEntries(entries)) as Settings;
  for (const name of Object.keys(env)) {
    if (name.startsWith('PARLEY_')) faults.push(`${name}: there is no such setting; settings have no prefix`);
  }
  if (faults.length === 0) faults.push(...crossCheck(settings, env));
  if (faults.length > 0) throw new SettingsError(faults.join('\n'));
  return settings;
};

/** The table of all settings, Markdown, as the documentation holds it. */
export const settingsTable = (): string => {
  const cell = (value: string): string => value.replaceAll('|', '\\|');
  const rows = Object.values<Setting<unknown>>(SETTINGS).map(
    ({ env, defaultText, unit, doc }) =>
      `| \`${env}\` | ${defaultText === '' ? '' : `\`${cell(defaultText)}\``} | ${cell(unit)} | ${cell(doc)} |`,
  );
  return ['| setting | default | unit | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
};
