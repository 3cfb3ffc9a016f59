import type { ServiceEvent } from '../service/service-event.js';
import { asCustomer, requested, started } from '../testing/events.js';
import { recordPast } from '../testing/given.js';
import type { Recorded } from '../recorded.js';
import { createRobotAgent } from './robot-agent.js';

const robot = createRobotAgent({ agentId: 'robot', nickname: 'Robot' });
const requestedAs = (kind: 'basic' | 'advanced'): ServiceEvent => ({ ...requested, kind });
const asRobot = { participantId: 'robot', nickname: 'Robot', party: 'AGENT' } as const;
const joined: ServiceEvent = { type: 'ParticipantJoined', ...asRobot };
const said = (text: string): ServiceEvent => ({ type: 'MessageSent', ...asCustomer, text });
const offered: ServiceEvent = { type: 'AgentOffered', agentId: 'robot', nickname: 'Robot', token: 't1' };
const live = [requestedAs('basic'), started, joined];

/** What the robot does next after these events; `steps` are those of its own, by command id. */
const next = (events: readonly ServiceEvent[], steps: Readonly<Record<number, string>> = {}) => {
  const recorded = recordPast(events).map((record, index): Recorded<ServiceEvent> => ({
    ...record,
    commandId: steps[index] ?? record.commandId,
  }));
  return robot.decide(recorded.reduce(robot.evolve, robot.initialState()), 7);
};

describe('the robot agent', () => {
  it('accepts what it is offered', () => {
    expect(next([requestedAs('basic'), started, offered])).toEqual({
      commandId: 'robot:accept:t1',
      commands: [{ type: 'AcceptOffer', by: { agentId: 'robot', nickname: 'Robot' }, token: 't1' }],
    });
    expect(next([requestedAs('advanced'), started, offered])?.commands).toHaveLength(1);
  });

  it('leaves alone what it is not offered, and what others are', () => {
    expect(next([requestedAs('basic'), started])).toBeUndefined();
    expect(next([requestedAs('basic'), started, { ...offered, agentId: 'kate' }])).toBeUndefined();
    const missed: ServiceEvent = { type: 'OfferEnded', agentId: 'robot', token: 't1', reason: 'no-answer' };
    expect(next([requestedAs('basic'), started, offered, missed])).toBeUndefined();
    expect(next([requestedAs('basic'), started, offered, joined])).toBeUndefined();
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
