export { AddressRules } from './address-rules.js';
export * from './backoff.js';
export * from './push.js';
export * from './push-providers.js';
export {
  loadPushSettings,
  PUSH_CHANNELS,
  type PushChannel,
  type PushSettings,
  readPushSettings,
} from './push-settings.js';
export { SafeHttp } from './safe-http.js';
export * from './webhook-sender.js';
