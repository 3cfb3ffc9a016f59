import { joined, requested, said, started } from '../testing/events.js';
import { given, type Past, stateAfter } from '../testing/given.js';
import type { ServiceEvent } from './service-event.js';

const talking: readonly Past[] = [requested, started, joined];
const monique = { agentId: 'a1', nickname: 'Monique' };
const boss = { agentId: 'boss', nickname: 'Boss' };
const begun: ServiceEvent = { type: 'MonitoringStarted', ...boss };
const ended: ServiceEvent = { type: 'ChatEnded', reason: 'customer' };

const chatAfter = (...past: readonly Past[]) => {
  const state = stateAfter(...past);
  return state.status === 'open' ? state.chat : undefined;
};
const refusal = (code: string) => expect.objectContaining({ code }) as Error;

describe('a supervisor', () => {
  it('reads along, and no more', () => {
    expect(given(...talking).when({ type: 'StartMonitoring', by: boss })).toEqual([begun]);
    expect(given(...talking, begun).when({ type: 'StartMonitoring', by: boss })).toEqual([]);
    expect(chatAfter(...talking, begun)?.monitors).toEqual([{ participantId: 'boss', nickname: 'Boss' }]);
    const stopped = given(...talking, begun).when({ type: 'StopMonitoring', by: boss });
    expect(stopped).toEqual([{ type: 'MonitoringEnded', ...boss }]);
    expect(chatAfter(...talking, begun, ...stopped)?.monitors).toEqual([]);
    expect(given(...talking).when({ type: 'StopMonitoring', by: boss })).toEqual([]);
  });

  it('does not begin with a chat that is over or has not begun', () => {
    const start = { type: 'StartMonitoring', by: boss } as const;
    expect(() => given(...talking, ended).when(start)).toThrow(refusal('CHAT_ENDED'));
    expect(() => given(requested).when(start)).toThrow(refusal('CHAT_NOT_STARTED'));
  });

  it('may whisper while he reads along, as may those in the chat', () => {
    const whisper = (by: typeof boss) => ({ type: 'Whisper', by, text: 'ask his name' }) as const;
    expect(given(...talking, begun).when(whisper(boss))).toEqual([
      { type: 'WhisperSent', participantId: 'boss', nickname: 'Boss', text: 'ask his name' },
    ]);
    expect(given(...talking).when(whisper(monique))).toHaveLength(1);
    expect(() => given(...talking).when(whisper(boss))).toThrow(refusal('NOT_A_PARTICIPANT'));
    expect(() => given(...talking, ended).when(whisper(monique))).toThrow(refusal('CHAT_ENDED'));
  });
});

describe('a disposition', () => {
  const set = (code: string, by = monique) => ({ type: 'SetDisposition', by, code }) as const;

  it('is said by whoever was in the chat, also after its end, and may be changed', () => {
    const solved = given(...talking, ended).when(set('solved'));
    expect(solved).toEqual([{ type: 'DispositionSet', agentId: 'a1', code: 'solved' }]);
    expect(given(...talking, ended, ...solved).when(set('solved'))).toEqual([]);
    expect(given(...talking, ended, ...solved).when(set('sold'))).toHaveLength(1);
    expect(() => given(...talking).when(set('solved', boss))).toThrow(refusal('NOT_A_PARTICIPANT'));
  });
});

describe('the end of a chat by an agent', () => {
  it('is for those who are in it', () => {
    expect(given(...talking).when({ type: 'EndChat', by: monique })).toEqual([{ type: 'ChatEnded', reason: 'agent' }]);
    expect(given(...talking, ended).when({ type: 'EndChat', by: monique })).toEqual([]);
    expect(() => given(...talking).when({ type: 'EndChat', by: boss })).toThrow(refusal('NOT_A_PARTICIPANT'));
  });
});

describe('a customer who waits for an answer', () => {
  it('waits since his first word that nobody answered', () => {
    const answer: ServiceEvent = { ...said, participantId: 'a1', nickname: 'Monique', party: 'AGENT' };
    expect(chatAfter([requested, 0], [started, 1], [joined, 2])?.waitingSinceMs).toBe(1);
    expect(chatAfter(...talking, [answer, 3])?.waitingSinceMs).toBeNull();
    expect(chatAfter(...talking, [answer, 3], [said, 4], [said, 5])?.waitingSinceMs).toBe(4);
    expect(chatAfter(...talking, [said, 4], ended)?.waitingSinceMs).toBeNull();
  });
});
