import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { dirname, resolve } from 'node:path';
import { parse, YAMLError } from 'yaml';
import { SettingsError } from '@app/config';
import type { ApnsOptions } from './apns-provider.js';
import type { FcmOptions, ServiceAccount } from './fcm-provider.js';

/** How devices can be reached. */
export const PUSH_CHANNELS = ['ios', 'fcm', 'customhttp', 'httpcb'] as const;
export type PushChannel = (typeof PUSH_CHANNELS)[number];

/** The settings of one provider, or of its debug twin. */
export interface ProviderSettings {
  readonly ios?: ApnsOptions;
  readonly fcm?: FcmOptions;
  readonly customhttp?: { readonly url: URL };
  readonly httpcb?: { readonly hosts: readonly string[] };
}

/** What a push file says. */
export interface PushSettings {
  /** The provider without a name, then those with one. */
  readonly providers: ReadonlyMap<string, { readonly live: ProviderSettings; readonly debug: ProviderSettings }>;
  /** Inside networks that may be called all the same. */
  readonly allowedNetworks: readonly string[];
}

/** Of the provider that is used when none is named. */
export const UNNAMED = '';

type Values = Readonly<Record<string, unknown>>;

const DEBUG = 'debug.';
const APNS_URL = 'https://api.push.apple.com';
const APNS_SANDBOX_URL = 'https://api.sandbox.push.apple.com';
const FCM_URL = 'https://fcm.googleapis.com';
const TITLE = 'New message';
/** Options of a provider; each may stand with `debug.` before it, too. */
const NAMES = [
  ...['apple.keyFile', 'apple.keyId', 'apple.teamId', 'apple.topic', 'apple.url', 'apple.caFile'],
  ...['apple.title', 'apple.alertMessage.body'],
  ...['fcm.serviceAccountFile', 'fcm.url', 'fcm.title', 'fcm.body', 'customhttp.url', 'httpcb.allowedHosts'],
];
const ALIASES: ReadonlyMap<unknown, PushChannel> = new Map([
  ['android', 'fcm'],
  ['gcm', 'fcm'],
  ['apple', 'ios'],
]);

const isMapping = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads the options of one provider by name; the twin falls back to those without `debug.`. */
class Options {
  constructor(
    private readonly file: string,
    private readonly path: string,
    private readonly values: Values,
    private readonly prefix: '' | typeof DEBUG,
  ) {}

  text(name: string): string | undefined {
    const value = this.values[`${this.prefix}${name}`] ?? this.values[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string' || typeof value === 'number') return String(value);
    return this.refuse(name, 'a text');
  }

  required(name: string): string {
    return this.text(name) ?? this.refuse(name, 'a text, as its channel is in pushEnabled');
  }

  /** What Apple calls things by. Without quotes YAML takes 123E456789 or 0012345678 for numbers, and they are lost. */
  id(name: string): string {
    const value = this.values[`${this.prefix}${name}`] ?? this.values[name];
    return typeof value === 'string' ? value : this.refuse(name, 'a text, in quotes if it could be a number');
  }

  url(name: string, standard?: string): URL {
    const text = this.text(name) ?? standard ?? this.refuse(name, 'a URL, as its channel is in pushEnabled');
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url !== undefined && /^https?:$/.test(url.protocol)) return url;
    return this.refuse(name, 'an absolute http or https URL');
  }

  hosts(name: string): readonly string[] {
    const value = this.values[`${this.prefix}${name}`] ?? this.values[name] ?? [];
    const isHost = (item: unknown): item is string => typeof item === 'string' && /^(\*\.)?[\w.-]+$/.test(item);
    return Array.isArray(value) && value.every(isHost) ? value : this.refuse(name, 'a list of host names');
  }

  /** The content of a file; relative to the push file. */
  content(name: string): string | undefined {
    const path = this.text(name);
    if (path === undefined) return undefined;
    try {
      return readFileSync(resolve(dirname(this.file), path), 'utf8');
    } catch {
      return this.refuse(name, 'the path of a readable file');
    }
  }

  refuse(name: string, expected: string): never {
    throw new SettingsError(
      `${this.file}: ${this.path}${this.prefix}${name}: expected ${expected}, got something else`,
    );
  }
}

/** The key of a PEM as jose takes it; a wrong one ends the start, not the first push. */
const keyIn = (pem: string): KeyObject | undefined => {
  try {
    return pem.trimStart().startsWith('-----BEGIN PRIVATE KEY-----') ? createPrivateKey(pem) : undefined;
  } catch {
    return undefined;
  }
};

const appleKeyOf = (options: Options): string => {
  const name = 'apple.keyFile';
  const pem = options.content(name) ?? options.refuse(name, 'the path of a .p8 file');
  const isSound = keyIn(pem)?.asymmetricKeyDetails?.namedCurve === 'prime256v1';
  return isSound ? pem : options.refuse(name, 'a .p8 file with a P-256 key');
};

const accountOf = (options: Options): ServiceAccount => {
  const name = 'fcm.serviceAccountFile';
  const text = options.content(name) ?? options.refuse(name, 'the path of a service account’s JSON file');
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return options.refuse(name, 'a JSON file');
  }
  const account = isMapping(parsed) ? parsed : {};
  for (const key of ['project_id', 'client_email', 'private_key', 'token_uri']) {
    if (typeof account[key] !== 'string') options.refuse(name, `a service account with ${key}`);
  }
  const sound = account as unknown as ServiceAccount;
  if (keyIn(sound.private_key)?.asymmetricKeyType !== 'rsa') options.refuse(name, 'an RSA key as private_key');
  if (!/^https?:/.test(sound.token_uri) || !URL.canParse(sound.token_uri)) options.refuse(name, 'a URL as token_uri');
  return sound;
};

const readProvider = (options: Options, channels: readonly PushChannel[], isDebug: boolean): ProviderSettings => ({
  ...(channels.includes('ios')
    ? {
        ios: {
          url: options.url('apple.url', isDebug ? APNS_SANDBOX_URL : APNS_URL).origin,
          ca: options.content('apple.caFile'),
          key: appleKeyOf(options),
          keyId: options.id('apple.keyId'),
          teamId: options.id('apple.teamId'),
          topic: options.required('apple.topic'),
          title: options.text('apple.title') ?? TITLE,
          body: options.text('apple.alertMessage.body'),
        },
      }
    : {}),
  ...(channels.includes('fcm')
    ? {
        fcm: {
          account: accountOf(options),
          url: options.url('fcm.url', FCM_URL).origin,
          title: options.text('fcm.title') ?? TITLE,
          body: options.text('fcm.body'),
        },
      }
    : {}),
  ...(channels.includes('customhttp') ? { customhttp: { url: options.url('customhttp.url') } } : {}),
  ...(channels.includes('httpcb') ? { httpcb: { hosts: options.hosts('httpcb.allowedHosts') } } : {}),
});

const channelsIn = (file: string, path: string, value: unknown): readonly PushChannel[] => {
  const names: unknown = typeof value === 'string' ? value.split(',').map((name) => name.trim()) : (value ?? []);
  const known = (name: unknown): PushChannel | undefined =>
    PUSH_CHANNELS.find((channel) => channel === name) ?? ALIASES.get(name);
  const channels = Array.isArray(names) ? names.map(known) : [undefined];
  if (channels.every((channel) => channel !== undefined)) return channels;
  throw new SettingsError(`${file}: ${path}pushEnabled: expected a list of ${PUSH_CHANNELS.join(', ')}`);
};

const checkNames = (file: string, path: string, values: Values, more: readonly string[]): void => {
  const wrong = Object.keys(values).find(
    (name) => !more.includes(name) && !NAMES.includes(name.startsWith(DEBUG) ? name.slice(DEBUG.length) : name),
  );
  if (wrong === undefined) return;
  throw new SettingsError(
    `${file}: ${path}${wrong}: expected one of ${[...more, ...NAMES].join(', ')}, or debug. before it`,
  );
};

const networksIn = (file: string, value: unknown): readonly string[] => {
  const isNetwork = (item: unknown): item is string => {
    const [, address = '', bits = '0'] = typeof item === 'string' ? (/^([^/]+)(?:\/(\d{1,3}))?$/.exec(item) ?? []) : [];
    const family = isIP(address);
    return family !== 0 && Number(bits) <= (family === 6 ? 128 : 32);
  };
  if (value === undefined || (Array.isArray(value) && value.every(isNetwork))) {
    return value ?? [];
  }
  throw new SettingsError(`${file}: allowedNetworks: expected a list of addresses or networks such as 10.0.0.0/8`);
};

/** @param file - its path, for errors and for the paths in it @throws SettingsError naming the option, never its value */
export const readPushSettings = (file: string, source: string): PushSettings => {
  let parsed: unknown;
  try {
    parsed = parse(source);
  } catch (error) {
    if (!(error instanceof YAMLError || error instanceof ReferenceError)) throw error;
    throw new SettingsError(`${file}: expected YAML`);
  }
  if (!isMapping(parsed)) throw new SettingsError(`${file}: expected a mapping with pushEnabled and options`);
  const { pushEnabled, providers, allowedNetworks, ...common } = parsed;
  checkNames(file, '', common, ['pushEnabled', 'providers', 'allowedNetworks']);
  const channels = channelsIn(file, '', pushEnabled);
  const both = (path: string, values: Values, wanted: readonly PushChannel[]) => ({
    live: readProvider(new Options(file, path, values, ''), wanted, false),
    debug: readProvider(new Options(file, path, values, DEBUG), wanted, true),
  });
  const read = new Map([[UNNAMED, both('', common, channels)]]);
  if (providers !== undefined && !isMapping(providers)) {
    throw new SettingsError(`${file}: providers: expected a mapping of names to options`);
  }
  for (const [name, own] of Object.entries(providers ?? {})) {
    const path = `providers.${name}.`;
    if (!isMapping(own)) throw new SettingsError(`${file}: providers.${name}: expected a mapping of options`);
    const { pushEnabled: ownChannels, ...options } = own;
    checkNames(file, path, options, ['pushEnabled']);
    const wanted = ownChannels === undefined ? channels : channelsIn(file, path, ownChannels);
    // What a provider says itself counts for its twin as well, before what all twins have.
    const inherited = Object.entries(common).filter(([key]) => !Object.hasOwn(options, key.replace(/^debug\./, '')));
    read.set(name, both(path, { ...Object.fromEntries(inherited), ...options }, wanted));
  }
  return { providers: read, allowedNetworks: networksIn(file, allowedNetworks) };
};

/** @throws SettingsError */
export const loadPushSettings = (file: string): PushSettings => {
  let source: string;
  try {
    source = readFileSync(file, 'utf8');
  } catch {
    throw new SettingsError(`PUSH_CONFIG: expected the path of a readable file, got "${file}"`);
  }
  return readPushSettings(file, source);
};
