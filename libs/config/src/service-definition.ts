import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, YAMLError } from 'yaml';
import { type BusinessHours, readBusinessHours } from './business-hours.js';
import { Fields, isMapping } from './definition-fields.js';
import { SettingsError } from './read-settings.js';
import { readRouting, type RoutingOptions } from './routing-options.js';

/** The options of a service, typed; their names in the files are those that GMS administrators know. */
export interface ServiceOptions {
  readonly ttlS: number;
  /** How long events are kept after a service has expired or was deleted. */
  readonly retentionS: number;
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
  /** How long an agent is kept for a customer who has not started his chat. */
  readonly reservationS: number;
  /** How long an agent may take to answer an offer. */
  readonly answerS: number;
  readonly routing: RoutingOptions;
  /** Undefined: always open. */
  readonly businessHours: BusinessHours | undefined;
  /** What is shown until the service logic says something: the name of a file, or an absolute URL. */
  readonly initialDialog: string;
}

/** A kind of service that applications may create. */
export interface ServiceDefinition {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly kind: 'basic' | 'advanced';
  /** Of an advanced service: the name of its file in the folder `logic`, without `.mjs`. */
  readonly logic: string | undefined;
  readonly options: ServiceOptions;
}

const WEEK_S = 604_800;
const DAY_S = 86_400;
const YEAR_S = 31_536_000;

/** A file name without folders and nothing hidden, or an absolute web address. */
const isDialogName = (text: string): boolean =>
  text.length <= 2_000 &&
  (/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/.test(text) || /^https?:\/\/[^\s"'<>\\]+$/i.test(text));

const readOptionalHours = (fields: Fields): BusinessHours | undefined => {
  const hours = fields.optionalMapping('_business_hours');
  return hours === undefined ? undefined : readBusinessHours(hours);
};

const readDialog = (fields: Fields): string => {
  const dialog = fields.text('_initial_dialog', 'waiting_for_agent.html');
  if (isDialogName(dialog)) return dialog;
  return fields.refuse('_initial_dialog', 'the name of a file in dialogs, or an absolute URL', dialog);
};

const readOptions = (fields: Fields): ServiceOptions => ({
  ttlS: fields.whole('_ttl', 86_400, [60, 2_592_000], 'seconds'),
  retentionS: fields.whole('_retention', 86_400, [60, 10 * YEAR_S], 'seconds'),
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
  reservationS: fields.whole('_agent_timeout', 60, [1, DAY_S], 'seconds'),
  answerS: fields.whole('_answer_timeout', 20, [1, DAY_S], 'seconds'),
  routing: readRouting(fields.mapping('_routing')),
  businessHours: readOptionalHours(fields),
  initialDialog: readDialog(fields),
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
  if (logic === undefined && kind === 'advanced') {
    throw new SettingsError(`${file}: logic: expected the name of a file in logic, as the service is advanced`);
  }
  const optionFields = fields.mapping('options');
  const options = readOptions(optionFields);
  const idle = kind === 'basic' ? '_business_hours' : '_routing';
  if (optionFields.keys.includes(idle)) {
    // It would do nothing, and nobody would know.
    const why = kind === 'basic' ? 'only a service logic can be closed' : 'its logic says what agent it needs';
    throw new SettingsError(`${file}: options.${idle}: expected none, as the service is ${kind}: ${why}`);
  }
  optionFields.done();
  fields.done();
  return { name, aliases, kind, logic, options };
};

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'no content';

/** Reads one file. @throws SettingsError naming it, the path in it and what was expected */
export const readDefinitionFile = (file: string): ServiceDefinition => {
  let source: string;
  try {
    source = readFileSync(file, 'utf8');
  } catch (error) {
    throw new SettingsError(`${file}: expected a readable file, got ${codeOf(error)}`);
  }
  return readServiceDefinition(file, source);
};

/** The files of a folder that define services, in the order of their names. @throws SettingsError */
export const definitionFiles = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith('.yaml') && !file.startsWith('.'))
      .sort()
      .map((file) => join(folder, file));
  } catch {
    throw new SettingsError(`SERVICES_DIR: expected a folder with service definitions, got "${folder}"`);
  }
};

/** Refuses a name or alias that two files have. @throws SettingsError naming the later one */
export const checkNames = (definitions: Iterable<readonly [file: string, definition: ServiceDefinition]>): void => {
  const seen = new Map<string, string>();
  for (const [file, { name, aliases }] of definitions) {
    for (const each of [name, ...aliases]) {
      const first = seen.get(each);
      if (first !== undefined) throw new SettingsError(`${file}: name: "${each}" is taken by ${first} already`);
      seen.set(each, file);
    }
  }
};

/** Reads all `*.yaml` files of a folder. @throws SettingsError naming file, path and expectation */
export const loadServiceDefinitions = (folder: string): readonly ServiceDefinition[] => {
  const definitions = definitionFiles(folder).map((file) => [file, readDefinitionFile(file)] as const);
  checkNames(definitions);
  return definitions.map(([, definition]) => definition);
};
