import { createServiceDecider, type OpenService, type ServiceCommand } from '@app/domain';
import { asksForQueue, dialogValues } from './dialog-values.js';

const NOW_MS = Date.parse('2026-07-06T08:00:00Z');
const decider = createServiceDecider({ messagesPer10S: 10, messagesPerChat: 10 });

/** A service after some commands. */
const after = (...commands: readonly ServiceCommand[]): OpenService => {
  let state = decider.initialState();
  let n = 0;
  for (const command of commands) {
    for (const event of decider.decide(command, state)) {
      n += 1;
      const envelope = { position: 0, n, atMs: NOW_MS, commandId: String(n), verbose: false, replyFrom: null };
      state = decider.evolve(state, { ...envelope, event });
    }
  }
  if (state.status !== 'open') throw new Error('the service is not open');
  return state;
};

const request = (businessData: Readonly<Record<string, string>>): ServiceCommand => ({
  ...{ type: 'RequestService', name: 'chat', kind: 'basic', businessData },
  timeouts: {
    ...{ ttlS: 60, flexDisconnectS: 45, idleAlertS: 255, idleCloseS: 45, asyncCloseS: 3_600 },
    idleAlertMessage: '',
  },
});
const start: ServiceCommand = {
  ...{ type: 'StartChat', sessionId: 'S', userId: 'U', secureKey: 'K', nickname: 'AnnL' },
  attachedData: { fldnFirstName: 'Ann', subject: 'loans', a: 'chat' },
};
const join: ServiceCommand = { type: 'Join', by: { agentId: 'kate', nickname: 'Kate' } };
const queue = { position: 3, etaS: 61, totalWaiting: 8, isAgentReady: false };

const values = (service: OpenService, more = {}): Readonly<Record<string, string>> =>
  Object.fromEntries(dialogValues({ serviceId: 'EK01', service, shown: undefined, queue: undefined, ...more }, NOW_MS));

describe('what can be filled in', () => {
  it('is all data of the service and its chat', () => {
    expect(values(after(request({ a: 'service', b: '2' }), start, join))).toEqual({
      ...{ a: 'chat', b: '2', fldnFirstName: 'Ann', subject: 'loans' },
      ...{ _id: 'EK01', _agent: 'Kate', _now: '2026-07-06T08:00:00.000Z' },
    });
  });

  it('is what is shown, and the place in the queue', () => {
    const shown = { status: 'waiting', dialog: 'waiting.html' };
    expect(values(after(request({})), { shown, queue })).toMatchObject({
      ...{ _status: 'waiting', _dialog: 'waiting.html' },
      ...{ _position: '3', _eta: '61', _eta_minutes: '2', _total_waiting: '8' },
    });
  });

  it('says nothing of a queue in which nothing is known', () => {
    const unknown = { position: 1, etaS: 0, totalWaiting: 0, isAgentReady: false };
    const filled = values(after(request({})), { queue: unknown });
    expect(filled).toMatchObject({ _position: '1' });
    expect(filled).not.toHaveProperty('_eta_minutes');
    expect(filled).not.toHaveProperty('_total_waiting');
  });

  it('is never data that call themselves as we do', () => {
    const names = [
      '_id',
      '_status',
      '_dialog',
      '_agent',
      '_position',
      '_eta',
      '_eta_minutes',
      '_total_waiting',
      '_now',
    ];
    const filled = values(after(request(Object.fromEntries(names.map((name) => [name, 'forged'])))));
    expect(Object.values(filled)).not.toContain('forged');
  });

  it('asks for the queue only where a dialog does', () => {
    expect(asksForQueue(new Set(['name', '_eta_minutes']))).toBe(true);
    expect(asksForQueue(new Set(['name', '_agent']))).toBe(false);
  });
});
