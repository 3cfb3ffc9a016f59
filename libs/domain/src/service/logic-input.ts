import type { Device, EndReason, ReservationEnd, TextMap } from './service-event.js';

/** What a service logic is told, one for each event of its service that is of interest to it. */
export type LogicInput = {
  /** Store time in milliseconds. */
  readonly atMs: number;
} & (
  | {
      readonly type: 'requested';
      readonly data: TextMap;
      readonly device?: Device;
      readonly user?: string;
      /** Whether it came within the business hours of the service. */
      readonly isOpen: boolean;
    }
  | {
      readonly type: 'data';
      /** All business data so far. */
      readonly data: TextMap;
      readonly changed: TextMap;
      readonly isOpen: boolean;
    }
  | { readonly type: 'agentReserved'; readonly agentId: string; readonly nickname: string }
  | { readonly type: 'agentGone'; readonly reason: ReservationEnd }
  | { readonly type: 'chatStarted'; readonly data: TextMap }
  | { readonly type: 'agentJoined'; readonly agentId: string }
  | { readonly type: 'agentLeft'; readonly agentId: string }
  | { readonly type: 'chatEnded'; readonly reason: EndReason }
  | { readonly type: 'deadline'; readonly name: string }
);
