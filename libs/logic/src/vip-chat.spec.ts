import type { LogicEffect } from '@app/domain';
import { givenFor, shippedLogic, type Told, transitionsOf } from './testing/logic-lab.js';

const { machine } = await shippedLogic('vip-chat');
const given = givenFor(machine);

type Data = Readonly<Record<string, string>>;
const requested = (data: Data = {}, isOpen = true): Told => ({ type: 'requested', data, isOpen });
const data = (all: Data = {}, isOpen = true): Told => ({ type: 'data', data: all, changed: all, isOpen });
const reserved: Told = { type: 'agentReserved', agentId: 'kate', nickname: 'Kate' };
const gone: Told = { type: 'agentGone', reason: 'agent-gone' };
const started: Told = { type: 'chatStarted', data: {} };
const ended: Told = { type: 'chatEnded', reason: 'agent' };
const overdue: Told = { type: 'deadline', name: 'survey' };

const filled = { name: 'Ann', topic: 'other' };
const rated = { ...filled, rating: '5' };
const surveyed = [requested(filled), reserved, started, ended];

const status = (name: string, dialog?: string): LogicEffect => ({
  type: 'setStatus',
  status: name,
  ...(dialog === undefined ? {} : { dialog }),
});
const form = status('form', 'pre_chat_form.html');
const closed = status('closed', 'closed.html');
const waiting = status('waiting', 'waiting_for_agent.html');
const anyone: LogicEffect = { type: 'route', stages: [{ afterS: 0, skills: {} }], priority: 0 };
const endOfSurvey: LogicEffect = { type: 'clearDeadline', name: 'survey' };
const thanks = status('completed', 'thank_you.html');

interface Row {
  readonly given: readonly Told[];
  readonly when: Told;
  readonly then: readonly LogicEffect[];
  readonly state: string;
}

const TRANSITIONS: Readonly<Record<string, Row>> = {
  'any: data': { given: [requested(filled)], when: data({ a: '1' }), then: [], state: 'waiting' },
  'new: requested 1': { given: [], when: requested(filled), then: [waiting, anyone], state: 'waiting' },
  'new: requested 2': { given: [], when: requested(filled, false), then: [closed], state: 'closed' },
  'new: requested 3': { given: [], when: requested(), then: [form], state: 'form' },
  'form: data 1': { given: [requested()], when: data(filled), then: [waiting, anyone], state: 'waiting' },
  'form: data 2': { given: [requested()], when: data(filled, false), then: [closed], state: 'closed' },
  'form: data 3': { given: [requested()], when: data({ name: 'Ann' }), then: [], state: 'form' },
  'closed: data 1': {
    given: [requested(filled, false)],
    when: data(filled),
    then: [waiting, anyone],
    state: 'waiting',
  },
  'closed: data 2': { given: [requested(filled, false)], when: data(filled, false), then: [], state: 'closed' },
  'waiting: agentReserved': {
    given: [requested(filled)],
    when: reserved,
    then: [status('available', 'agent_available.html')],
    state: 'available',
  },
  'available: agentGone': {
    given: [requested(filled), reserved],
    when: gone,
    then: [waiting, anyone],
    state: 'waiting',
  },
  'available: chatStarted': {
    given: [requested(filled), reserved],
    when: started,
    then: [status('chatting')],
    state: 'chatting',
  },
  'chatting: chatEnded': {
    given: [requested(filled), reserved, started],
    when: ended,
    then: [status('survey', 'survey.html'), { type: 'setDeadline', name: 'survey', afterS: 600 }],
    state: 'survey',
  },
  'survey: data 1': { given: surveyed, when: data(rated), then: [endOfSurvey, thanks], state: 'completed' },
  'survey: data 2': { given: surveyed, when: data({ ...filled, rating: ' ' }), then: [], state: 'survey' },
  'survey: deadline': { given: surveyed, when: overdue, then: [endOfSurvey, thanks], state: 'completed' },
};

const needOf = (all: Data): LogicEffect | undefined =>
  given()
    .when(requested({ ...filled, ...all }))
    .effects.find(({ type }) => type === 'route');

describe('vip-chat', () => {
  it('has no transition but those below', () => {
    expect(Object.keys(TRANSITIONS)).toEqual(transitionsOf(machine));
  });

  it.each(Object.entries(TRANSITIONS))('%s', (_, { given: before, when, then, state }) => {
    expect(given(...before).when(when)).toEqual({ effects: then, state });
  });

  it('keeps a form that lacks the name or the topic, whatever is open', () => {
    for (const missing of [{}, { name: 'Ann' }, { topic: 'billing' }, { name: ' ', topic: 'billing' }]) {
      for (const isOpen of [true, false]) {
        expect(given(requested({}, isOpen)).when(data(missing, isOpen))).toEqual({ effects: [], state: 'form' });
      }
    }
  });

  it('puts gold customers first and asks for a VIP agent for half a minute', () => {
    expect(needOf({ tier: 'gold', topic: 'billing' })).toEqual({
      type: 'route',
      stages: [
        { afterS: 0, skills: { vip: 1 } },
        { afterS: 30, skills: {} },
      ],
      priority: 50,
    });
  });

  it('asks for agents who know the topic, less and less', () => {
    expect(needOf({ tier: 'silver', topic: 'billing' })).toEqual({
      type: 'route',
      stages: [
        { afterS: 0, skills: { billing: 5 } },
        { afterS: 30, skills: { billing: 1 } },
        { afterS: 90, skills: {} },
      ],
      priority: 0,
    });
  });

  it.each(['weather', 'constructor', '__proto__', 'toString'])(
    'asks for anybody for a topic of no skill: %s',
    (topic) => {
      expect(needOf({ topic })).toEqual(anyone);
    },
  );

  it('is not ended by a deadline of another name', () => {
    expect(given(...surveyed).when({ type: 'deadline', name: 'other' })).toEqual({ effects: [], state: 'survey' });
  });

  it('says nothing more when it is completed', () => {
    for (const input of [data(rated), overdue, gone, ended]) {
      expect(given(...surveyed, overdue).when(input)).toEqual({ effects: [], state: 'completed' });
    }
  });
});
