import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, YAMLError } from 'yaml';
import { SettingsError } from './read-settings.js';

/** The options of a service, typed; their names in the files are those that GMS administrators know. */
export interface ServiceOptions {
  readonly ttlS: number;
  readonly chatEndpoint: string | undefined;
  readonly chatEndpoints: readonly string[];
  readonly clientTimeoutNotificationS: number;
  readonly agentTimeoutNotificationMessage: string;
  readonly chat400ResponseOnDisconnected: boolean;
  readonly providerName: string | undefined;
  readonly pokeEnabled: boolean;
  readonly pokeMessage: string;
  readonly flexDisconnectTimeoutS: number;
  readonly idleAlertTimeoutS: number;
  readonly idleCloseTimeoutS: number;
  readonly idleAlertMessage: string;
  readonly asyncCloseTimeoutS: number;
  readonly transcriptPositionType: 'auto' | 'string' | 'number';
  readonly clientTimeZoneOffsetMin: number;
  readonly chatServerHost: string;
  readonly chatWebApiPort: string;
  readonly chatServerLoadBalancerAlias: string;
  readonly isTlsRequired: boolean;
}

/** A kind of service that applications may create. */
export interface ServiceDefinition {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly kind: 'basic' | 'advanced';
  /** Logic file of an advanced service. */
  readonly logic: string | undefined;
  readonly options: ServiceOptions;
}

const NAME = /^[A-Za-z0-9._-]{1,64}$/;
const WEEK_S = 604_800;

/** Reads the values of one mapping, by path, and in the end refuses what nobody asked for. */
class Fields {
  private readonly asked = new Set<string>();

  constructor(
    private readonly file: string,
    private readonly path: string,
    private readonly values: Readonly<Record<string, unknown>>,
  ) {}

  whole(key: string, standard: number, [min, max]: readonly [number, number], unit: string): number {
    const value = this.take(key) ?? standard;
    if (Number.isInteger(value) && Number(value) >= min && Number(value) <= max) return Number(value);
    return this.refuse(key, `whole ${unit} from ${min} to ${max}`, value);
  }

  flag(key: string, standard: boolean): boolean {
    const value = this.take(key) ?? standard;
    return typeof value === 'boolean' ? value : this.refuse(key, 'true or false', value);
  }

  text(key: string, standard: string): string {
    return this.optionalText(key) ?? standard;
  }

  optionalText(key: string): string | undefined {
    const value = this.take(key);
    if (value === undefined) return undefined;
    if (typeof value === 'string' || typeof value === 'number') return String(value);
    return this.refuse(key, 'a text', value);
  }

  oneOf<T extends string>(key: string, standard: T, values: readonly T[]): T {
    const value = this.take(key) ?? standard;
    return values.find((candidate) => candidate === value) ?? this.refuse(key, `one of ${values.join(', ')}`, value);
  }

  texts(key: string): readonly string[] {
    const value = this.take(key) ?? [];
    if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
    return this.refuse(key, 'a list of texts', value);
  }

  mapping(key: string): Fields {
    const value = this.take(key) ?? {};
    if (isMapping(value)) return new Fields(this.file, `${this.path}${key}.`, value);
    return this.refuse(key, 'a mapping', value);
  }

  name(value: string, key: string): string {
    return NAME.test(value) ? value : this.refuse(key, '1 to 64 letters, digits, dots, dashes or underscores', value);
  }

  done(): void {
    const unknown = Object.keys(this.values).find((key) => !this.asked.has(key));
    if (unknown === undefined) return;
    this.refuse(unknown, `one of ${[...this.asked].join(', ')}`, unknown);
  }

  private take(key: string): unknown {
    this.asked.add(key);
    return this.values[key] ?? undefined;
  }

  private refuse(key: string, expected: string, got: unknown): never {
    throw new SettingsError(`${this.file}: ${this.path}${key}: expected ${expected}, got ${JSON.stringify(got)}`);
  }
}

const isMapping = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const readOptions = (fields: Fields): ServiceOptions => ({
  ttlS: fields.whole('_ttl', 86_400, [60, 2_592_000], 'seconds'),
  chatEndpoint: fields.optionalText('_chat_endpoint'),
  chatEndpoints: fields.texts('_chat_endpoints'),
  clientTimeoutNotificationS: fields.whole('_client_timeout_notification', 90, [1, 86_400], 'seconds'),
  agentTimeoutNotificationMessage: fields.text('_agent_timeout_notification_message', 'You have a new message'),
  chat400ResponseOnDisconnected: fields.flag('_chat_400_response_on_disconnected', false),
  providerName: fields.optionalText('_provider_name'),
  pokeEnabled: fields.flag('_poke_enabled', false),
  pokeMessage: fields.text('_poke_message', 'An agent would like to talk to you'),
  flexDisconnectTimeoutS: fields.whole('flex-disconnect-timeout', 45, [1, WEEK_S], 'seconds'),
  idleAlertTimeoutS: fields.whole('idle-alert-timeout', 255, [1, WEEK_S], 'seconds'),
  idleCloseTimeoutS: fields.whole('idle-close-timeout', 45, [1, WEEK_S], 'seconds'),
  idleAlertMessage: fields.text('idle-alert-message', 'This chat will be closed soon if nobody writes.'),
  asyncCloseTimeoutS: fields.whole('async-close-timeout', 3_600, [1, WEEK_S], 'seconds'),
  transcriptPositionType: fields.oneOf('transcript_position_type', 'auto', ['auto', 'string', 'number']),
  clientTimeZoneOffsetMin: fields.whole('client_time_zone_offset', 0, [-1_440, 1_440], 'minutes'),
  chatServerHost: fields.text('chat_server_host', 'localhost'),
  chatWebApiPort: fields.text('chat_web_api_port', '4856'),
  chatServerLoadBalancerAlias: fields.text('chat_server_load_balancer_alias', '350'),
  isTlsRequired: fields.flag('is_tls_required', false),
});

/** Reads one definition. @param file - its path, for errors @throws SettingsError */
export const readServiceDefinition = (file: string, source: string): ServiceDefinition => {
  let parsed: unknown;
  try {
    parsed = parse(source);
  } catch (error) {
    // An alias without its anchor is a ReferenceError to the parser; the file is at fault all the same.
    if (!(error instanceof YAMLError || error instanceof ReferenceError)) throw error;
    const [what = ''] = error.message.split('\n');
    throw new SettingsError(`${file}: expected YAML, got ${what.replace(/:$/, '')}`);
  }
  if (!isMapping(parsed)) throw new SettingsError(`${file}: expected a mapping with name, kind and options`);
  const fields = new Fields(file, '', parsed);
  const name = fields.name(fields.text('name', ''), 'name');
  const aliases = fields.texts('aliases').map((alias) => fields.name(alias, 'aliases'));
  const kind = fields.oneOf('kind', 'basic', ['basic', 'advanced']);
  const logic = fields.optionalText('logic');
  if (logic !== undefined && kind === 'basic') {
    throw new SettingsError(`${file}: logic: expected none, as the service is basic`);
  }
  const optionFields = fields.mapping('options');
  const options = readOptions(optionFields);
  optionFields.done();
  fields.done();
  return { name, aliases, kind, logic, options };
};

const readFile = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'no content';
    throw new SettingsError(`${file}: expected a readable file, got ${code}`);
  }
};

/** Reads all `*.yaml` files of a folder. @throws SettingsError naming file, path and expectation */
export const loadServiceDefinitions = (folder: string): readonly ServiceDefinition[] => {
  let files: string[];
  try {
    files = readdirSync(folder)
      .filter((file) => file.endsWith('.yaml'))
      .sort()
      .map((file) => join(folder, file));
  } catch {
    throw new SettingsError(`SERVICES_DIR: expected a folder with service definitions, got "${folder}"`);
  }
  const definitions = files.map((file) => readServiceDefinition(file, readFile(file)));
  const seen = new Map<string, string>();
  for (const [index, { name, aliases }] of definitions.entries()) {
    const file = files[index] ?? '';
    for (const each of [name, ...aliases]) {
      const first = seen.get(each);
      if (first !== undefined) throw new SettingsError(`${file}: name: "${each}" is taken by ${first} already`);
      seen.set(each, file);
    }
  }
  return definitions;
};
