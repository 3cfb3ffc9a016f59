import { isIP } from 'node:net';
import { nearestName } from './nearest-name.js';
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

/** What came, for a message. A value with an at sign may hold a password, wherever it was put by mistake. */
const shown = (value: string | undefined, isSecret: boolean): string =>
  isSecret || value?.includes('@') === true ? 'something else' : JSON.stringify(value);

/**
 * Whether an orchestrator put a variable here. Kubernetes does so in every container of a namespace that has a service
 * named `parley` or `parley-…`; that must not keep us from starting.
 */
const isServiceLink = (name: string, value: string | undefined): boolean =>
  /_SERVICE_(HOST|PORT)(_|$)/.test(name) ||
  /_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/.test(name) ||
  (name.endsWith('_PORT') && /^(tcp|udp|sctp):\/\//.test(value ?? ''));

/** Variables that look like ours and are none: a setting misspelt there would go unnoticed. */
const strangers = (env: NodeJS.ProcessEnv): string[] => {
  const known = Object.values<Setting<unknown>>(SETTINGS).map((setting) => setting.env);
  return Object.entries(env)
    .filter(([name, value]) => name.startsWith('PARLEY_') && value !== '' && !isServiceLink(name, value))
    .map(([name]) => {
      const nearest = nearestName(name.slice('PARLEY_'.length), known) ?? '';
      return `${name}: there is no such setting; the nearest is ${nearest} (names have no prefix)`;
    });
};

/** Reads every setting once. Empty variables count as not set. @throws SettingsError */
export const readSettings = (env: NodeJS.ProcessEnv): Settings => {
  const faults: string[] = [];
  const entries = Object.entries<Setting<unknown>>(SETTINGS).map(([key, { env: name, isSecret, read }]) => {
    try {
      return [key, read(env)];
    } catch (error) {
      if (!(error instanceof ExpectationError)) throw error;
      faults.push(`${name}: ${error.message}, got ${shown(env[name], isSecret)}`);
      return [key, undefined];
    }
  });
  const settings = Object.freeze(Object.fromEntries(entries)) as Settings;
  faults.push(...strangers(env));
  if (faults.length === 0) faults.push(...crossCheck(settings, env));
  if (faults.length > 0) throw new SettingsError(faults.join('\n'));
  return settings;
};

/** The table of all settings, Markdown, as the documentation holds it. */
export const settingsTable = (): string => {
  const cell = (value: string): string => value.replaceAll('|', '\\|');
  const code = (value: string): string => (value === '' ? '' : `\`${cell(value)}\``);
  const rows = Object.values<Setting<unknown>>(SETTINGS).map(
    ({ env, defaultText, unit, doc, ends }) =>
      `| \`${env}\` | ${code(defaultText)} | ${cell(unit)} | ${cell(doc)} | ${cell(ends)} |`,
  );
  const head = ['setting', 'default', 'unit', 'meaning', 'at the ends'];
  return [`| ${head.join(' | ')} |`, `|${' --- |'.repeat(head.length)}`, ...rows].join('\n');
};
