import type { TextMap } from '@app/domain';
import { businessData } from './business-data.js';
import type { Parameters } from './parameters.js';
import { incorrectValue } from './request-error.js';
import { readTimeZoneOffset, TIME_ZONE_NAMES } from './time-zone-offset.js';
import { firstOf, isTrue, readWholeNumber } from './typed-value.js';

/** Where a poke can go. */
export const DEVICE_SYSTEMS = ['ios', 'android', 'gcm', 'fcm', 'customhttp', 'httpcb', 'orscb', 'comet'] as const;
export type DeviceSystem = (typeof DEVICE_SYSTEMS)[number];

/** `POST /1/service/{serviceName}`. */
export interface CreateRequest {
  readonly verbose: boolean;
  /** Time to live in seconds, as asked for; the service caps it. */
  readonly ttlS: number | undefined;
  readonly chatEndpoint: string | undefined;
  readonly timeZoneOffsetMin: number | undefined;
  readonly deviceOs: DeviceSystem | undefined;
  readonly deviceNotificationId: string | undefined;
  readonly businessData: TextMap;
}

/** `POST /1/service/{id}/status`. */
export interface StatusRequest {
  readonly verbose: boolean;
  /** Sent by the form of a dialog in a browser, which wants to see the next dialog rather than JSON. */
  readonly wantsDialog: boolean;
  readonly businessData: TextMap;
}

/** `POST /1/service/{id}/internal-poke`. */
export interface PokeRequest {
  readonly verbose: boolean;
  /** Text of the push; else the service's own. */
  readonly pokeMessage: string | undefined;
  /** The proof that `poke_url` carries. Never logged. */
  readonly token: string | undefined;
  readonly businessData: TextMap;
}

const DEVICE_OS_NAMES = ['_device_os', 'device_os'] as const;
const DEVICE_ID_NAMES = ['_device_notification_id', 'device_notification_id'] as const;
const CREATE_NAMES: ReadonlySet<string> = new Set([...TIME_ZONE_NAMES, ...DEVICE_OS_NAMES, ...DEVICE_ID_NAMES]);
const STATUS_NAMES: ReadonlySet<string> = new Set(['_redirect']);
const POKE_NAMES: ReadonlySet<string> = new Set(['poke_message', 'token']);

const readDeviceOs = (parameters: Parameters): DeviceSystem | undefined => {
  const found = firstOf(parameters, DEVICE_OS_NAMES);
  if (found === undefined) return undefined;
  const system = DEVICE_SYSTEMS.find((known) => known === found.value.toLowerCase());
  if (system === undefined) throw incorrectValue(found.name, `one of ${DEVICE_SYSTEMS.join(', ')}`, found.value);
  return system;
};

/** @throws RequestError (incorrect-value) naming `_ttl`, the time zone or the device's system */
export const readCreate = (parameters: Parameters): CreateRequest => ({
  verbose: isTrue(parameters.get('_verbose')),
  ttlS: readWholeNumber(parameters, ['_ttl'], {
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    expected: 'a whole number of seconds ≥ 1',
  }),
  chatEndpoint: parameters.get('_chat_endpoint'),
  timeZoneOffsetMin: readTimeZoneOffset(parameters),
  deviceOs: readDeviceOs(parameters),
  deviceNotificationId: firstOf(parameters, DEVICE_ID_NAMES)?.value,
  businessData: businessData(parameters, CREATE_NAMES),
});

/** Any other `_redirect` than `dialog` means nothing. */
export const readStatus = (parameters: Parameters): StatusRequest => ({
  verbose: isTrue(parameters.get('_verbose')),
  wantsDialog: parameters.get('_redirect') === 'dialog',
  businessData: businessData(parameters, STATUS_NAMES),
});

export const readPoke = (parameters: Parameters): PokeRequest => ({
  verbose: isTrue(parameters.get('_verbose')),
  pokeMessage: parameters.get('poke_message'),
  token: parameters.get('token'),
  businessData: businessData(parameters, POKE_NAMES),
});
