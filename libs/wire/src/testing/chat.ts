import type { ChatState } from '@app/domain';

/** A chat in poll mode that has just begun. */
export const CHAT: ChatState = {
  sessionId: '00058A99N4CB0009',
  userId: '007654A8BCDE0001',
  secureKey: '0123456789abcdef',
  nickname: 'VasyaP',
  attachedData: {},
  startedAtMs: Date.UTC(2012, 11, 18, 1, 2, 3, 999),
  agents: [],
  monitors: [],
  hasHadAgent: false,
  waitingSinceMs: null,
  away: null,
  disposition: null,
  typingSinceMs: {},
  lastActivityMs: 0,
  idleAlertedAtMs: null,
  customerMessages: 0,
  rateWindow: { startMs: 0, count: 0 },
  ended: null,
};

/** What verbose replies tell of the server. */
export const FACADE = {
  chatServerHost: 'chat.example',
  chatWebApiPort: '4801',
  chatServerLoadBalancerAlias: '304',
  isTlsRequired: true,
  timeZoneOffsetMin: -420,
};
