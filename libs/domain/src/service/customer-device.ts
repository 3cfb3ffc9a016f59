import type { OpenService } from './service-state.js';

/** Where pushes for a customer go. */
export interface CustomerDevice {
  /** Of `push_notification_type` or `device_os`, in lower case: ios, android, gcm, fcm, customhttp, httpcb, … */
  readonly channel: string;
  readonly deviceId: string;
  readonly language?: string;
  /** The provider settings to use, by name. */
  readonly provider?: string;
  /** The provider's twin for development. */
  readonly isDebug: boolean;
}

/** Kinds of device to which nothing can be pushed: they are told over CometD. */
const NOT_PUSHED = new Set(['comet', 'orscb']);

/** The device that was registered with the chat, else the one that the service was created with. */
export const deviceOf = ({ chat, device, notifications }: OpenService): CustomerDevice | undefined => {
  const { push_notification_deviceid: deviceId, push_notification_type: type, ...more } = chat?.push ?? {};
  const provider = more['push_notification_provider'] ?? notifications?.provider;
  const named = provider === undefined ? {} : { provider };
  if (deviceId !== undefined && deviceId !== '' && type !== undefined && !NOT_PUSHED.has(type.toLowerCase())) {
    const language = more['push_notification_language'];
    return {
      channel: type.toLowerCase(),
      deviceId,
      isDebug: more['push_notification_debug']?.toLowerCase() === 'true',
      ...(language === undefined ? {} : { language }),
      ...named,
    };
  }
  if (device === undefined || device.notificationId === '' || NOT_PUSHED.has(device.os)) return undefined;
  return { channel: device.os, deviceId: device.notificationId, isDebug: false, ...named };
};
