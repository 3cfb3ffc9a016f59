import { failureOf, resultOf } from './http-result.js';
import type { Push, PushProvider, PushResult } from './push.js';
import type { SafeHttp } from './safe-http.js';

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/** `customhttp`: one address for all devices. */
export class CustomHttpProvider implements PushProvider {
  constructor(
    private readonly http: SafeHttp,
    private readonly url: URL,
  ) {}

  async send({ deviceId, text }: Push): Promise<PushResult> {
    try {
      const reply = await this.http.post(this.url, {
        headers: { 'content-type': 'application/json;charset=UTF-8' },
        body: JSON.stringify({ deviceId, message: text }),
      });
      return resultOf(reply, isSuccess);
    } catch (error) {
      return failureOf(error);
    }
  }

  close(): void {
    // Each call has a connection of its own.
  }
}

/** `httpcb`: the device names the address, among the hosts that are allowed. Only 200 counts. */
export class CallbackProvider implements PushProvider {
  /** @param hosts - names; `*.example.com` stands for all below it */
  constructor(
    private readonly http: SafeHttp,
    private readonly hosts: readonly string[],
  ) {}

  async send({ deviceId, text }: Push): Promise<PushResult> {
    const url = URL.canParse(deviceId) ? new URL(deviceId) : undefined;
    if (url === undefined || !this.allows(url)) {
      return { outcome: 'refused', reason: 'the address is none of httpcb.allowedHosts' };
    }
    try {
      const headers = { 'content-type': 'text/plain;charset=UTF-8' };
      return resultOf(await this.http.post(url, { headers, body: text }), (status) => status === 200);
    } catch (error) {
      return failureOf(error);
    }
  }

  close(): void {
    // Each call has a connection of its own.
  }

  private allows({ hostname, username, password }: URL): boolean {
    if (username !== '' || password !== '') return false;
    return this.hosts.some((host) =>
      host.startsWith('*.') ? hostname.endsWith(host.slice(1).toLowerCase()) : hostname === host.toLowerCase(),
    );
  }
}
