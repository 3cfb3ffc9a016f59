import type { ServiceEvent } from '../service/service-event.js';
import { recordPast, TIMEOUTS } from '../testing/given.js';
import type { Recorded } from '../recorded.js';
import { createRobotAgent } from './robot-agent.js';

const robot = createRobotAgent({ agentId: 'robot', nickname: 'Robot' });
const requested = (kind: 'basic' | 'advanced'): ServiceEvent => ({
  type: 'ServiceRequested',
  name: 'x',
  kind,
  timeouts: TIMEOUTS,
  businessData: {},
});
const started: ServiceEvent = {
  type: 'ChatStarted',
  sessionId: 'S',
  userId: 'U',
  secureKey: 'K',
  nickname: 'VasyaP',
  attachedData: {},
};
const asRobot = { participantId: 'robot', nickname: 'Robot', party: 'AGENT' } as const;
const joined: ServiceEvent = { type: 'ParticipantJoined', ...asRobot };
const said = (text: string): ServiceEvent => ({
  type: 'MessageSent',
  participantId: 'customer',
  nickname: 'VasyaP',
  party: 'CLIENT',
  text,
});

const live = [requested('basic'), started, joined];

/** What the robot does next after these events; `steps` are those of its own, by command id. */
const next = (events: readonly ServiceEvent[], steps: Readonly<Record<number, string>> = {}) => {
  const recorded = recordPast(events).map((record, index): Recorded<ServiceEvent> => ({
    ...record,
    commandId: steps[index] ?? record.commandId,
  }));
  return robot.decide(recorded.reduce(robot.evolve, robot.initialState()), 7);
};

describe('the robot agent', () => {
  it('joins a basic chat', () => {
    expect(next([requested('basic'), started])?.commands).toEqual([
      { type: 'Join', by: { agentId: 'robot', nickname: 'Robot' } },
    ]);
  });

  it('leaves advanced services, services without a chat and chats of other agents alone', () => {
    expect(next([requested('advanced'), started])).toBeUndefined();
    expect(next([requested('basic')])).toBeUndefined();
    const human: ServiceEvent = { type: 'ParticipantJoined', participantId: 'a1', nickname: 'Kate', party: 'AGENT' };
    expect(next([requested('basic'), started, human])).toBeUndefined();
  });

  it('has nothing to do while the customer says nothing', () => {
    expect(next(live)).toBeUndefined();
  });

  it('types first, then stops and echoes', () => {
    expect(next([...live, said('hi')])).toMatchObject({
      commandId: 'robot:typing:3',
      commands: [{ type: 'StopTyping' }, { type: 'StartTyping' }],
    });
    const typing: ServiceEvent = { type: 'TypingStarted', ...asRobot };
    expect(next([...live, said('hi'), typing], { 4: 'robot:typing:3' })).toMatchObject({
      commandId: 'robot:echo:3',
      commands: [{ type: 'StopTyping' }, { type: 'SendMessage', text: 'echo: hi' }],
    });
  });

  it('answers each message once, the oldest first', () => {
    const typing: ServiceEvent = { type: 'TypingStarted', ...asRobot };
    const echo: ServiceEvent = { type: 'MessageSent', ...asRobot, text: 'echo: hi' };
    const events = [...live, said('hi'), said('ho'), typing, echo];
    expect(next(events, { 5: 'robot:typing:3', 6: 'robot:echo:3' })?.commandId).toBe('robot:typing:4');
    expect(next(events.slice(0, 5))?.commandId).toBe('robot:typing:3');
  });

  it.each([
    ['push me a url', 'PushUrl'],
    ['bye', 'Leave'],
  ])('does more on %j', (text, type) => {
    const typing: ServiceEvent = { type: 'TypingStarted', ...asRobot };
    const step = next([...live, said(text), typing], { 4: 'robot:typing:3' });
    expect(step?.commands.map((command) => command.type)).toEqual(['StopTyping', 'SendMessage', type]);
  });

  it('is silent in a chat that is over, and does not come back', () => {
    expect(next([...live, said('hi'), { type: 'ChatEnded', reason: 'customer' }])).toBeUndefined();
    expect(next([...live, { type: 'ParticipantLeft', ...asRobot }, said('hi')])).toBeUndefined();
  });
});
