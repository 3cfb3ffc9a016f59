import type { LogicEffect } from '@app/domain';
import { givenFor, shippedLogic, type Told, transitionsOf } from './testing/logic-lab.js';

const { machine } = await shippedLogic('advanced-chat-poll');
const given = givenFor(machine);

const requested = (data = {}, isOpen = true): Told => ({ type: 'requested', data, isOpen });
const data = (changed: Readonly<Record<string, string>> = {}, isOpen = true): Told => ({
  type: 'data',
  data: changed,
  changed,
  isOpen,
});
const reserved: Told = { type: 'agentReserved', agentId: 'kate', nickname: 'Kate' };
const gone: Told = { type: 'agentGone', reason: 'expired' };
const started: Told = { type: 'chatStarted', data: {} };
const joined: Told = { type: 'agentJoined', agentId: 'kate' };
const left: Told = { type: 'agentLeft', agentId: 'kate' };
const ended: Told = { type: 'chatEnded', reason: 'customer' };
const overdue: Told = { type: 'deadline', name: 'survey' };

const chatting = [requested(), reserved, started, joined];

const status = (name: string, dialog?: string): LogicEffect => ({
  type: 'setStatus',
  status: name,
  ...(dialog === undefined ? {} : { dialog }),
});
const waiting = status('waiting', 'waiting_for_agent.html');
const routed = (skills = {}): LogicEffect => ({ type: 'route', stages: [{ afterS: 0, skills }], priority: 0 });
const anyone = routed();
const endOfSurvey: LogicEffect = { type: 'clearDeadline', name: 'survey' };
const thanks = status('completed', 'thank_you.html');

interface Row {
  readonly given: readonly Told[];
  readonly when: Told;
  readonly then: readonly LogicEffect[];
  readonly state: string;
}

const TRANSITIONS: Readonly<Record<string, Row>> = {
  'any: data': { given: [requested()], when: data({ a: '1' }), then: [], state: 'waiting' },
  'new: requested 1': { given: [], when: requested(), then: [waiting, anyone], state: 'waiting' },
  'new: requested 2': {
    given: [],
    when: requested({}, false),
    then: [status('closed', 'closed.html')],
    state: 'closed',
  },
  'closed: data 1': { given: [requested({}, false)], when: data(), then: [waiting, anyone], state: 'waiting' },
  'closed: data 2': { given: [requested({}, false)], when: data({}, false), then: [], state: 'closed' },
  'waiting: agentReserved': {
    given: [requested()],
    when: reserved,
    then: [status('available', 'agent_available.html')],
    state: 'available',
  },
  'available: agentGone': { given: [requested(), reserved], when: gone, then: [waiting, anyone], state: 'waiting' },
  'available: chatStarted': {
    given: [requested(), reserved],
    when: started,
    then: [status('chatting')],
    state: 'chatting',
  },
  'chatting: chatEnded': {
    given: chatting,
    when: ended,
    then: [status('completed', 'post_chat.html'), { type: 'setDeadline', name: 'survey', afterS: 600 }],
    state: 'survey',
  },
  'survey: data': {
    given: [...chatting, ended],
    when: data({ rating: '5' }),
    then: [endOfSurvey, thanks],
    state: 'over',
  },
  'survey: deadline': { given: [...chatting, ended], when: overdue, then: [endOfSurvey, thanks], state: 'over' },
};

describe('advanced-chat-poll', () => {
  it('has no transition but those below', () => {
    expect(Object.keys(TRANSITIONS)).toEqual(transitionsOf(machine));
  });

  it.each(Object.entries(TRANSITIONS))('%s', (_, { given: before, when, then, state }) => {
    expect(given(...before).when(when)).toEqual({ effects: then, state });
  });

  it('asks for an agent with the skill that the application names', () => {
    expect(given().when(requested({ _skill: 'sales' })).effects).toEqual([waiting, routed({ sales: 1 })]);
    expect(given().when(requested({ skill: 'french' })).effects).toEqual([waiting, routed({ french: 1 })]);
    expect(given().when(requested({ _skill: 'sales', skill: 'french' })).effects).toContainEqual(routed({ sales: 1 }));
  });

  it.each(['', 'a b', 'french>=1,sales', '__proto__ ', '-', 'x'.repeat(65)])(
    'asks for any agent when the skill is none: %j',
    (skill) => {
      expect(given().when(requested({ skill })).effects).toEqual([waiting, anyone]);
    },
  );

  it('asks for the same skill again when the agent is gone', () => {
    const effects = given(requested({ skill: 'sales' }), reserved).when(gone).effects;
    expect(effects).toEqual([waiting, routed({ sales: 1 })]);
  });

  it('asks for the skill that came later with data', () => {
    expect(given(requested({}, false)).when(data({ skill: 'sales' })).effects).toContainEqual(routed({ sales: 1 }));
  });

  it('is not moved by agents who come and go in a chat', () => {
    expect(given(requested(), reserved, started).when(joined)).toEqual({ effects: [], state: 'chatting' });
    expect(given(...chatting).when(left)).toEqual({ effects: [], state: 'chatting' });
  });

  it('has its dialog after a chat that no agent ever joined', () => {
    expect(given(requested(), reserved, started).when(ended).state).toBe('survey');
  });

  it('says nothing more when it is over', () => {
    for (const input of [data({ a: '1' }), overdue, gone, ended]) {
      expect(given(...chatting, ended, overdue).when(input)).toEqual({ effects: [], state: 'over' });
    }
  });
});
