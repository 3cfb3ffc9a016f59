import { AddressRules } from './address-rules.js';
import { ApnsProvider } from './apns-provider.js';
import { FcmProvider } from './fcm-provider.js';
import { CallbackProvider, CustomHttpProvider } from './http-providers.js';
import type { PushProvider } from './push.js';
import { type ProviderSettings, PUSH_CHANNELS, type PushChannel, type PushSettings, UNNAMED } from './push-settings.js';
import { SafeHttp } from './safe-http.js';

/** The channel of a kind of device as applications name it; undefined for one to which nothing can be pushed. */
export const channelOf = (deviceOs: string): PushChannel | undefined => {
  if (deviceOs === 'android' || deviceOs === 'gcm') return 'fcm';
  return PUSH_CHANNELS.find((channel) => channel === deviceOs);
};

/** All providers of a push file. */
export class PushProviders {
  private readonly made = new Map<string, PushProvider>();

  constructor(settings: PushSettings) {
    const http = new SafeHttp(new AddressRules(settings.allowedNetworks));
    for (const [name, { live, debug }] of settings.providers) {
      this.add(name, false, live, http);
      this.add(name, true, debug, http);
    }
  }

  /** @param name - undefined for the one without a name */
  find(channel: PushChannel, name: string | undefined, isDebug: boolean): PushProvider | undefined {
    return this.made.get(keyOf(channel, name ?? UNNAMED, isDebug));
  }

  close(): void {
    for (const provider of this.made.values()) provider.close();
  }

  private add(name: string, isDebug: boolean, settings: ProviderSettings, http: SafeHttp): void {
    const { ios, fcm, customhttp, httpcb } = settings;
    const set = (channel: PushChannel, provider: PushProvider): unknown =>
      this.made.set(keyOf(channel, name, isDebug), provider);
    if (ios !== undefined) set('ios', new ApnsProvider(ios));
    if (fcm !== undefined) set('fcm', new FcmProvider(http, fcm));
    if (customhttp !== undefined) set('customhttp', new CustomHttpProvider(http, customhttp.url));
    if (httpcb !== undefined) set('httpcb', new CallbackProvider(http, httpcb.hosts));
  }
}

const keyOf = (channel: PushChannel, name: string, isDebug: boolean): string => `${channel} ${String(isDebug)} ${name}`;
