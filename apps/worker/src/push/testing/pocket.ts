import { randomInt } from 'node:crypto';
import { type Device, formatEntryId, type OpenService } from '@app/domain';
import { newBasicServiceId } from '@app/event-store';
import type { Push, PushProvider, PushResult } from '@app/push';
import type { ServiceLab } from '../../../../../test/support/service-lab.js';

export const AGENT = { agentId: 'kate', nickname: 'Kate' } as const;

/** After so long the customer is told what he misses, in seconds. */
export const AWAY_PUSH_S = 90;

/** A customer who talks to Kate, with a telephone in his pocket. */
export const talking = async (
  lab: ServiceLab,
  device: Device | null = { os: 'ios', notificationId: 'phone' },
  push?: Readonly<Record<string, string>>,
): Promise<string> => {
  const serviceId = newBasicServiceId(randomInt(lab.keys.partitions), lab.keys.partitions);
  await lab.execute(serviceId, {
    ...{ type: 'RequestService', name: 'request-chat', kind: 'basic', businessData: {} },
    timeouts: {
      ...{ ttlS: 3_600, flexDisconnectS: 10_000, idleAlertS: 10_000, idleCloseS: 45, asyncCloseS: 3_600 },
      idleAlertMessage: 'Are you still there?',
    },
    notifications: { isPokeEnabled: true, pokeMessage: 'come!', awayPushS: AWAY_PUSH_S, awayMessage: 'something new' },
    ...(device === null ? {} : { device }),
  });
  await lab.execute(serviceId, {
    ...{ type: 'StartChat', sessionId: 'S', userId: 'U', secureKey: 'K', nickname: 'Ann', attachedData: {} },
    ...(push === undefined ? {} : { push }),
  });
  await lab.execute(serviceId, { type: 'Join', by: AGENT });
  return serviceId;
};

export const openOf = async (lab: ServiceLab, serviceId: string): Promise<OpenService> => {
  const state = await lab.state(serviceId);
  if (state.status !== 'open') throw new Error('expected an open service');
  return state;
};

/** The place of the newest push that is pending. */
export const pendingRef = async (lab: ServiceLab, serviceId: string): Promise<string> => {
  const pending = (await openOf(lab, serviceId)).pushes.at(-1);
  if (pending === undefined) throw new Error('expected a pending push');
  return pending.ref;
};

export const poke = async (lab: ServiceLab, serviceId: string, text?: string): Promise<string> => {
  await lab.execute(serviceId, { type: 'Poke', ...(text === undefined ? {} : { text }) });
  return pendingRef(lab, serviceId);
};

/** What the stream says became of pushes, oldest first. */
export const endings = async (lab: ServiceLab, serviceId: string): Promise<readonly unknown[]> =>
  (await lab.repository.events(serviceId, { position: 0, n: 0 }))
    .map((recorded) => ({ ...recorded.event, at: formatEntryId(recorded) }))
    .flatMap((event) => {
      if (event.type === 'PushSent') return [{ ref: event.ref, channel: event.channel }];
      return event.type === 'PushFailed' ? [{ ref: event.ref, channel: event.channel, reason: event.reason }] : [];
    });

/** A provider that answers as it is told to and remembers what it got. */
export class Postman implements PushProvider {
  readonly got: Push[] = [];
  answer: PushResult = { outcome: 'delivered' };

  send(push: Push): Promise<PushResult> {
    this.got.push(push);
    return Promise.resolve(this.answer);
  }

  close(): void {
    // Nothing is open.
  }
}
