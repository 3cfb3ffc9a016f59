import { createHash } from 'node:crypto';
import { reportFailure } from '@app/broker';
import {
  type CustomerDevice,
  deviceOf,
  type EntryId,
  evolveService,
  formatEntryId,
  type MessageSent,
  type OpenService,
  parseEntryId,
  type PendingPush,
  type PushFailure,
  type Recorded,
  type ServiceEvent,
} from '@app/domain';
import { channelOf, type Push, type PushProviders, type PushResult } from '@app/push';
import { breakpoint, type ServiceRepository } from '@app/runtime';
import type { Replayed } from '@app/outbound';
import type { Attempt } from '../outbound/outbound-queue.js';
import type { PushJob } from './push-dispatch.js';
import { NO_CHANNEL, type PushRecord } from './push-record.js';

export interface PushDeliveryOptions {
  readonly services: Pick<ServiceRepository, 'view' | 'events'>;
  /** Undefined: none are configured. */
  readonly providers: Pick<PushProviders, 'find'> | undefined;
  readonly record: PushRecord;
  /** Hides in a text what is not to leave. */
  readonly mask: (text: string) => string;
}

/** Messages that were missed and are pushed along, the newest, and the length of each in characters. */
const MISSED_MAX = 5;
const MISSED_LENGTH = 200;
/** Half of a character, where the length cuts one in two. */
const HALF = /[\ud800-\udbff]$/;
/** Events that are read at once to find them. */
const PAGE = 200;

const DONE: Attempt = { outcome: 'done' };

/** One try to push: what it says and where it goes follow from the stream, as it is now. */
export class PushDelivery {
  constructor(private readonly options: PushDeliveryOptions) {}

  /** @throws StoreUnavailableError */
  readonly attempt = async ({ serviceId, ref, isReplayed }: PushJob & Replayed, isLast: boolean): Promise<Attempt> => {
    const state = (await this.options.services.view(serviceId))?.state;
    if (state?.status !== 'open') return DONE;
    const pending = state.pushes.find((push) => push.ref === ref);
    const push = pending ?? (isReplayed === true ? await this.givenUp(serviceId, state, ref) : undefined);
    // Somebody else was faster, or nobody needs it any more.
    if (push === undefined) return DONE;
    const end = async (channel: string, failure?: PushFailure): Promise<Attempt> => {
      if (pending === undefined) this.options.record.count(channel, failure);
      else await this.options.record.write(serviceId, parseEntryId(ref), channel, failure);
      return DONE;
    };
    const device = deviceOf(state);
    if (device === undefined) return end(NO_CHANNEL, 'no-device');
    const result = await this.send(serviceId, state, push, device);
    breakpoint('push-sent');
    if (result === undefined) return end(device.channel, 'not-configured');
    switch (result.outcome) {
      case 'delivered':
        return end(device.channel);
      case 'gone':
        return end(device.channel, 'unregistered');
      case 'refused':
        await end(device.channel, 'refused');
        return { outcome: 'hopeless', reason: result.reason };
      case 'retry':
        if (isLast) await end(device.channel, 'unavailable');
        return result;
    }
  };

  /** A push that is not pending any more, as it was asked for; undefined when the chat that it was about is over. */
  private async givenUp(serviceId: string, state: OpenService, ref: string): Promise<PendingPush | undefined> {
    const { position, n } = parseEntryId(ref);
    const [recorded] = await this.options.services.events(serviceId, { position, n: n - 1 }, 1);
    if (recorded === undefined || formatEntryId(recorded) !== ref) return undefined;
    const asked = evolveService({ ...state, pushes: [] }, recorded);
    const push = asked.status === 'open' ? asked.pushes[0] : undefined;
    const isOfChat = push !== undefined && (push.isPoke || push.missedAfter !== undefined);
    return isOfChat && state.chat?.ended !== null ? undefined : push;
  }

  /** Undefined when no provider is there for the device. */
  private async send(
    serviceId: string,
    { chat }: OpenService,
    { text, isPoke, missedAfter }: PendingPush,
    { channel: os, deviceId, provider: name, isDebug }: CustomerDevice,
  ): Promise<PushResult | undefined> {
    const channel = channelOf(os);
    const provider = channel === undefined ? undefined : this.options.providers?.find(channel, name, isDebug);
    if (provider === undefined) return undefined;
    const push: Push = {
      ...{ deviceId, text: this.options.mask(text), serviceId },
      lastTranscript: missedAfter === undefined || chat === null ? [] : await this.missed(serviceId, missedAfter),
      collapseId: collapseIdOf(serviceId, isPoke),
    };
    try {
      return await provider.send(push);
    } catch (error) {
      // Its words may be a customer's.
      return { outcome: 'retry', reason: reportFailure(error).reason };
    }
  }

  private async missed(serviceId: string, after: string): Promise<readonly string[]> {
    let texts: readonly string[] = [];
    let page: readonly Recorded<ServiceEvent>[];
    let from: EntryId = parseEntryId(after);
    do {
      page = await this.options.services.events(serviceId, from, PAGE);
      const said = page.flatMap(({ event }) => (isOfAgent(event) ? [event.text] : []));
      texts = [...texts, ...said].slice(-MISSED_MAX);
      from = page.at(-1) ?? from;
    } while (page.length === PAGE);
    return texts.map((text) => this.options.mask(text).slice(0, MISSED_LENGTH).replace(HALF, ''));
  }
}

const isOfAgent = (event: ServiceEvent): event is MessageSent =>
  event.type === 'MessageSent' && event.party === 'AGENT';

/** A later push of the same kind replaces an earlier one on the device. Who sees it learns no service id by it. */
const collapseIdOf = (serviceId: string, isPoke: boolean): string =>
  createHash('sha256')
    .update(`${isPoke ? 'poke' : 'chat'} ${serviceId}`)
    .digest('base64url')
    .slice(0, 32);
