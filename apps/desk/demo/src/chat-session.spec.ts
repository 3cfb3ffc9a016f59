import { chatForm, type Plan, serviceForm } from './chat-session.js';

const PLAN: Plan = {
  name: ' Vasya  van der Pupkin ',
  subject: 'Help',
  user: 'vasya',
  mode: 'poll',
  service: 'request-chat',
  deviceOs: '',
  deviceId: '',
  data: { skill: 'sales' },
};
const ADVANCED: Plan = { ...PLAN, service: 'advanced-chat-poll' };

describe('the form of a chat', () => {
  it('has the first name, the rest of the name, the subject and the data', () => {
    expect(chatForm(PLAN)).toEqual({ firstName: 'Vasya', lastName: 'van der Pupkin', subject: 'Help', skill: 'sales' });
  });

  it('leaves out what nobody said', () => {
    expect(chatForm({ ...PLAN, name: ' ', subject: '', data: {} })).toEqual({});
  });
});

describe('the form of a service', () => {
  it.each([
    ['of a basic service is empty', PLAN, {}],
    ['of an advanced one has the data, by which an agent is looked for', ADVANCED, { skill: 'sales' }],
    ['asks for statuses over CometD', { ...ADVANCED, mode: 'comet' as const }, { skill: 'sales', _device_os: 'comet' }],
    [
      'names the device, which is told by push',
      { ...ADVANCED, mode: 'comet' as const, deviceOs: 'ios', deviceId: 'abc' },
      { skill: 'sales', _device_os: 'ios', _device_notification_id: 'abc' },
    ],
  ])('%s', (_, plan, expected) => {
    expect(serviceForm(plan)).toEqual(expected);
  });
});
