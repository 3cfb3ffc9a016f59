import fc from 'fast-check';
import { BEFORE_FIRST, compareEntryIds, type EntryId, type Recorded, recordEvents } from '../recorded.js';
import { decider, given, LIMITS, recordPast, stateAfter, TIMEOUTS } from '../testing/given.js';
import type { ServiceCommand } from './service-command.js';
import { isPositioned, type ServiceEvent } from './service-event.js';

const requested: ServiceEvent = {
  type: 'ServiceRequested',
  name: 'request-chat',
  kind: 'basic',
  timeouts: TIMEOUTS,
  businessData: {},
};
const started: ServiceEvent = {
  type: 'ChatStarted',
  sessionId: 'S',
  userId: 'U',
  secureKey: 'K',
  nickname: 'VasyaP',
  attachedData: {},
};
const startedComet: ServiceEvent = { ...started, notifyBy: 'comet' };
const agent = { agentId: 'a1', nickname: 'Monique' };
const other = { agentId: 'a2', nickname: 'Kate' };
const asCustomer = { participantId: 'customer', nickname: 'VasyaP', party: 'CLIENT' } as const;
const asAgent = { participantId: 'a1', nickname: 'Monique', party: 'AGENT' } as const;
const joined: ServiceEvent = { type: 'ParticipantJoined', ...asAgent };
const otherJoined: ServiceEvent = { type: 'ParticipantJoined', participantId: 'a2', nickname: 'Kate', party: 'AGENT' };
const ended: ServiceEvent = { type: 'ChatEnded', reason: 'customer' };
const say = (text: string, atMs = 0): ServiceCommand => ({ type: 'SendMessage', by: 'customer', text, atMs });
const said: ServiceEvent = { type: 'MessageSent', ...asCustomer, text: 'hi' };
const refusal = (code: string): Error => expect.objectContaining({ code }) as Error;

describe('a service that does not exist', () => {
  const { type: _, ...request } = requested;

  it('is requested', () => {
    expect(given().when({ type: 'RequestService', ...request })).toEqual([requested]);
  });

  it.each<ServiceCommand>([
    say('hi'),
    { type: 'Disconnect' },
    { type: 'DeleteService' },
    { type: 'IdentifyOwner', user: 'u' },
  ])('is not found by $type', (command) => {
    expect(() => given().when(command)).toThrow(refusal('SERVICE_NOT_FOUND'));
  });

  it.each([['ServiceDeleted'], ['ServiceExpired']] as const)('is not found any more after %s', (type) => {
    expect(() => given(requested, { type }).when(say('hi'))).toThrow(refusal('SERVICE_NOT_FOUND'));
  });
});

describe('a service without a chat', () => {
  const { type: _, ...start } = started;

  it('is not requested twice', () => {
    const { type: __, ...request } = requested;
    expect(given(requested).when({ type: 'RequestService', ...request })).toEqual([]);
  });

  it('starts its chat', () => {
    expect(given(requested).when({ type: 'StartChat', ...start })).toEqual([started]);
  });

  it.each<ServiceCommand>([
    say('hi'),
    { type: 'StartTyping', by: 'customer', atMs: 0 },
    { type: 'StopTyping', by: 'customer' },
    { type: 'Disconnect' },
    { type: 'Join', by: agent },
  ])('has no chat for $type', (command) => {
    expect(() => given(requested).when(command)).toThrow(refusal('CHAT_NOT_STARTED'));
  });

  it('gets its first user as owner, and keeps him', () => {
    expect(given(requested).when({ type: 'IdentifyOwner', user: 'u' })).toEqual([
      { type: 'OwnerIdentified', user: 'u' },
    ]);
    expect(given(requested, { type: 'OwnerIdentified', user: 'u' }).when({ type: 'IdentifyOwner', user: 'v' })).toEqual(
      [],
    );
  });

  it('is deleted without a chat to end', () => {
    expect(given(requested).when({ type: 'DeleteService' })).toEqual([{ type: 'ServiceDeleted' }]);
  });
});

describe('a chat', () => {
  it('is started once', () => {
    const { type: _, ...start } = started;
    expect(given(requested, started).when({ type: 'StartChat', ...start, sessionId: 'other' })).toEqual([]);
  });

  it('takes the messages of the customer', () => {
    expect(given(requested, started).when(say('hi'))).toEqual([said]);
  });

  it('takes agents who are in it, and no others', () => {
    const message: ServiceCommand = { type: 'SendMessage', by: agent, text: 'hello', atMs: 0 };
    expect(given(requested, started, joined).when(message)).toEqual([
      { type: 'MessageSent', ...asAgent, text: 'hello' },
    ]);
    expect(() => given(requested, started).when(message)).toThrow(refusal('NOT_A_PARTICIPANT'));
    expect(given(requested, started, joined).when({ type: 'Join', by: agent })).toEqual([]);
  });

  it('hears of typing once in ten seconds', () => {
    const typing: ServiceEvent = { type: 'TypingStarted', ...asCustomer };
    const start = (atMs: number): ServiceCommand => ({ type: 'StartTyping', by: 'customer', atMs });
    expect(given(requested, started).when(start(0))).toEqual([typing]);
    expect(given(requested, started, [typing, 1_000]).when(start(10_999))).toEqual([]);
    expect(given(requested, started, [typing, 1_000]).when(start(11_000))).toEqual([typing]);
  });

  it('hears of the end of typing only after its start, and a message ends it too', () => {
    const typing: ServiceEvent = { type: 'TypingStarted', ...asCustomer };
    const stop: ServiceCommand = { type: 'StopTyping', by: 'customer' };
    expect(given(requested, started).when(stop)).toEqual([]);
    expect(given(requested, started, typing).when(stop)).toEqual([{ type: 'TypingStopped', ...asCustomer }]);
    expect(given(requested, started, typing, said).when(stop)).toEqual([]);
  });

  it('ends when the last agent leaves, not before', () => {
    const left = { type: 'ParticipantLeft', ...asAgent };
    expect(given(requested, started, joined, otherJoined).when({ type: 'Leave', by: agent })).toEqual([left]);
    expect(given(requested, started, joined).when({ type: 'Leave', by: agent })).toEqual([
      left,
      { type: 'ChatEnded', reason: 'agent' },
    ]);
    expect(given(requested, started, joined).when({ type: 'Leave', by: other })).toEqual([]);
  });

  it('ends once when the customer disconnects', () => {
    expect(given(requested, started).when({ type: 'Disconnect' })).toEqual([{ type: 'ChatEnded', reason: 'customer' }]);
    expect(given(requested, started, ended).when({ type: 'Disconnect' })).toEqual([]);
  });

  it('ends with its service', () => {
    expect(given(requested, started).when({ type: 'DeleteService' })).toEqual([
      { type: 'ChatEnded', reason: 'service-closed' },
      { type: 'ServiceDeleted' },
    ]);
  });

  it('that is over takes nothing from the customer, and tells agents so', () => {
    expect(given(requested, started, ended).when(say('hi'))).toEqual([]);
    expect(given(requested, started, ended).when({ type: 'StartTyping', by: 'customer', atMs: 0 })).toEqual([]);
    expect(() =>
      given(requested, started, joined, ended).when({ type: 'SendMessage', by: agent, text: 'x', atMs: 0 }),
    ).toThrow(refusal('CHAT_ENDED'));
    expect(() => given(requested, started, ended).when({ type: 'Join', by: agent })).toThrow(refusal('CHAT_ENDED'));
  });

  it('takes so many messages in ten seconds, and more later', () => {
    const many = Array.from({ length: LIMITS.messagesPer10S }, () => [said, 1_000] as const);
    expect(() => given(requested, started, ...many).when(say('hi', 9_999))).toThrow(refusal('MESSAGE_RATE_EXCEEDED'));
    expect(given(requested, started, ...many).when(say('hi', 10_000))).toEqual([said]);
  });

  it('takes so many messages in all', () => {
    const all = Array.from({ length: LIMITS.messagesPerChat }, (_, index) => [said, index * 20_000] as const);
    expect(() => given(requested, started, ...all).when(say('hi', 1e6))).toThrow(refusal('TRANSCRIPT_FULL'));
    expect(given(requested, started, ...all).when({ type: 'Disconnect' })).toHaveLength(1);
  });
});

describe('deadlines', () => {
  const meet = (kind: 'ttl' | 'flex' | 'idle' | 'async', atMs: number, lastSeenMs = 0): ServiceCommand => ({
    type: 'MeetDeadline',
    kind,
    atMs,
    lastSeenMs,
  });

  it('expire a service that nobody used for its time to live', () => {
    expect(given(requested).when(meet('ttl', 3_599_999))).toEqual([]);
    expect(given(requested).when(meet('ttl', 3_600_000, 1))).toEqual([]);
    expect(given(requested).when(meet('ttl', 3_600_000))).toEqual([{ type: 'ServiceExpired' }]);
    expect(given(requested, started).when(meet('ttl', 3_600_000))).toEqual([
      { type: 'ChatEnded', reason: 'service-closed' },
      { type: 'ServiceExpired' },
    ]);
  });

  it('close the chat of a polling customer who is not seen any more', () => {
    expect(given(requested, started).when(meet('flex', 44_999))).toEqual([]);
    expect(given(requested, started).when(meet('flex', 54_999, 10_000))).toEqual([]);
    expect(given(requested, started).when(meet('flex', 55_000, 10_000))).toEqual([
      { type: 'ChatEnded', reason: 'customer-gone' },
    ]);
    expect(given(requested, startedComet).when(meet('flex', 1e6))).toEqual([]);
    expect(given(requested, started, ended).when(meet('flex', 1e6))).toEqual([]);
  });

  it('alert an idle chat, and close it when nobody wrote since', () => {
    const alerted: ServiceEvent = {
      type: 'IdleAlerted',
      participantId: 'system',
      nickname: 'System',
      party: 'EXTERNAL',
      text: 'still there?',
    };
    expect(given(requested, started).when(meet('idle', 254_999))).toEqual([]);
    expect(given(requested, started).when(meet('idle', 255_000))).toEqual([alerted]);
    const quiet = given(requested, started, [alerted, 255_000]);
    expect(quiet.when(meet('idle', 299_999))).toEqual([]);
    expect(quiet.when(meet('idle', 300_000))).toEqual([{ type: 'ChatEnded', reason: 'idle' }]);
    expect(given(requested, started, [alerted, 255_000], [said, 260_000]).when(meet('idle', 300_000))).toEqual([]);
  });

  it('close a CometD chat in which nobody writes', () => {
    expect(given(requested, startedComet).when(meet('async', 3_599_999))).toEqual([]);
    expect(given(requested, startedComet).when(meet('async', 3_600_000))).toEqual([
      { type: 'ChatEnded', reason: 'idle' },
    ]);
  });

  it('do not concern a service that is gone', () => {
    expect(given(requested, { type: 'ServiceDeleted' }).when(meet('ttl', 1e9))).toEqual([]);
  });
});

const commands = fc.oneof(
  fc.constant<ServiceCommand>({ type: 'Disconnect' }),
  fc.constant<ServiceCommand>({ type: 'Join', by: agent }),
  fc.constant<ServiceCommand>({ type: 'Leave', by: agent }),
  fc.string().map((text): ServiceCommand => ({ type: 'SendMessage', by: agent, text, atMs: 0 })),
  fc.string().map((text): ServiceCommand => ({ type: 'SendMessage', by: 'customer', text, atMs: 0 })),
  fc.constantFrom<ServiceCommand>({ type: 'StartTyping', by: agent, atMs: 0 }, { type: 'StopTyping', by: agent }),
  fc.constantFrom<ServiceCommand>(
    { type: 'StartTyping', by: 'customer', atMs: 0 },
    { type: 'StopTyping', by: 'customer' },
  ),
  fc.constant<ServiceCommand>({ type: 'MeetDeadline', kind: 'idle', atMs: 1e9, lastSeenMs: 0 }),
);

/** What a stream holds after any commands, refused ones left out. */
const run = (list: readonly ServiceCommand[]): readonly Recorded<ServiceEvent>[] => {
  const recorded = [...recordPast([requested, started])];
  let state = stateAfter(requested, started);
  for (const [index, command] of list.entries()) {
    let events: readonly ServiceEvent[] = [];
    try {
      events = decider.decide(command, state);
    } catch (error) {
      expect(error).toHaveProperty('code');
    }
    const context = { atMs: index * 20_000, commandId: `c${index}`, verbose: false };
    const step = recordEvents(recorded.at(-1) ?? BEFORE_FIRST, events, isPositioned, context);
    recorded.push(...step);
    state = step.reduce(decider.evolve, state);
  }
  return recorded;
};

describe('any sequence of commands', () => {
  it('gives positions without holes, and ids that only grow', () => {
    fc.assert(
      fc.property(fc.array(commands, { maxLength: 40 }), (list) => {
        const recorded = run(list);
        const positions = recorded.filter(({ event }) => isPositioned(event)).map(({ position }) => position);
        expect(positions).toEqual(positions.map((_, index) => index + 1));
        let before: EntryId = BEFORE_FIRST;
        for (const id of recorded) {
          expect(compareEntryIds(before, id)).toBeLessThan(0);
          before = id;
        }
      }),
    );
  });

  it('folds to the same state however often, and a checkpoint keeps all of it', () => {
    fc.assert(
      fc.property(fc.array(commands, { maxLength: 40 }), fc.nat(), (list, cut) => {
        const recorded = run(list);
        const at = cut % (recorded.length + 1);
        const whole = recorded.reduce(decider.evolve, decider.initialState());
        const half = recorded.slice(0, at).reduce(decider.evolve, decider.initialState());
        const kept = JSON.parse(JSON.stringify(half)) as typeof half;
        expect(recorded.slice(at).reduce(decider.evolve, kept)).toEqual(whole);
      }),
    );
  });
});
