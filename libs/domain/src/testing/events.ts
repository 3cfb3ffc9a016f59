import type { ServiceEvent } from '../service/service-event.js';
import { TIMEOUTS } from './given.js';

/** A chat that everybody knows: VasyaP asks, Monique answers. Specs vary what matters to them. */
export const requested = {
  type: 'ServiceRequested',
  name: 'request-chat',
  kind: 'basic',
  timeouts: TIMEOUTS,
  businessData: {},
} as const satisfies ServiceEvent;

export const started = {
  type: 'ChatStarted',
  sessionId: 'S',
  userId: 'U',
  secureKey: 'K',
  nickname: 'VasyaP',
  attachedData: {},
} as const satisfies ServiceEvent;

export const asCustomer = { participantId: 'customer', nickname: 'VasyaP', party: 'CLIENT' } as const;
export const asAgent = { participantId: 'a1', nickname: 'Monique', party: 'AGENT' } as const;
export const asSystem = { participantId: 'system', nickname: 'System', party: 'EXTERNAL' } as const;

export const joined = { type: 'ParticipantJoined', ...asAgent } as const satisfies ServiceEvent;
export const said = { type: 'MessageSent', ...asCustomer, text: 'hi' } as const satisfies ServiceEvent;
