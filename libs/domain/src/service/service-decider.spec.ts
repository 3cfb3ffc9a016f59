import fc from 'fast-check';
import { DomainError } from '../domain-error.js';
import { BEFORE_FIRST, compareEntryIds, type EntryId, type Recorded, recordEvents } from '../recorded.js';
import { asAgent, asCustomer, joined, requested, said, started } from '../testing/events.js';
import { decider, given, LIMITS, recordPast, stateAfter } from '../testing/given.js';
import { DEADLINE_KINDS } from './deadline.js';
import type { ServiceCommand } from './service-command.js';
import { isPositioned, type ServiceEvent } from './service-event.js';

const startedComet: ServiceEvent = { ...started, notifyBy: 'comet' };
const agent = { agentId: 'a1', nickname: 'Monique' };
const other = { agentId: 'a2', nickname: 'Kate' };
const otherJoined: ServiceEvent = { type: 'ParticipantJoined', participantId: 'a2', nickname: 'Kate', party: 'AGENT' };
const ended: ServiceEvent = { type: 'ChatEnded', reason: 'customer' };
const say = (text: string, atMs = 0): ServiceCommand => ({ type: 'SendMessage', by: 'customer', text, atMs });
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

  it('hears of the typing of each party on its own', () => {
    const typing: ServiceEvent = { type: 'TypingStarted', ...asCustomer };
    expect(given(requested, started, joined, typing).when({ type: 'StartTyping', by: agent, atMs: 1 })).toEqual([
      { type: 'TypingStarted', ...asAgent },
    ]);
    expect(given(requested, started, joined, typing).when({ type: 'StopTyping', by: agent })).toEqual([]);
  });

  it('shows the URLs that its agents push, and nobody else may push one', () => {
    const push: ServiceCommand = { type: 'PushUrl', by: agent, url: 'https://a.example/' };
    expect(given(requested, started, joined).when(push)).toEqual([
      { type: 'UrlPushed', ...asAgent, url: 'https://a.example/' },
    ]);
    expect(() => given(requested, started, otherJoined).when(push)).toThrow(refusal('NOT_A_PARTICIPANT'));
    expect(() => given(requested, started, joined, ended).when(push)).toThrow(refusal('CHAT_ENDED'));
  });

  it('has a place for the second agent, and one who left may come back', () => {
    const left: ServiceEvent = { type: 'ParticipantLeft', ...asAgent };
    expect(given(requested, started, joined).when({ type: 'Join', by: other })).toEqual([otherJoined]);
    expect(given(requested, started, joined, otherJoined, left).when({ type: 'Join', by: agent })).toEqual([joined]);
  });

  it('takes nothing from an agent who has left', () => {
    const left: ServiceEvent = { type: 'ParticipantLeft', ...asAgent };
    const gone = given(requested, started, joined, otherJoined, left);
    expect(() => gone.when({ type: 'SendMessage', by: agent, text: 'x', atMs: 0 })).toThrow(
      refusal('NOT_A_PARTICIPANT'),
    );
    expect(() => gone.when({ type: 'StartTyping', by: agent, atMs: 0 })).toThrow(refusal('NOT_A_PARTICIPANT'));
    expect(gone.when({ type: 'Leave', by: agent })).toEqual([]);
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

  it('is not ended a second time with its service', () => {
    expect(given(requested, started, ended).when({ type: 'DeleteService' })).toEqual([{ type: 'ServiceDeleted' }]);
    expect(
      given(requested, started, ended).when({ type: 'MeetDeadline', kind: 'ttl', atMs: 1e9, lastSeenMs: 0 }),
    ).toEqual([{ type: 'ServiceExpired' }]);
  });

  it('that is over is not started again, and nobody has to leave it', () => {
    const { type: _, ...start } = started;
    expect(given(requested, started, ended).when({ type: 'StartChat', ...start })).toEqual([]);
    expect(given(requested, started, joined, ended).when({ type: 'Leave', by: agent })).toEqual([]);
    expect(given(requested, started, ended).when({ type: 'StopTyping', by: 'customer' })).toEqual([]);
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

describe('the limits of a chat', () => {
  const full = Array.from({ length: LIMITS.messagesPerChat }, (_, index) => [said, index * 20_000] as const);

  it('hold for the customer alone', () => {
    const message: ServiceCommand = { type: 'SendMessage', by: agent, text: 'x', atMs: 80_000 };
    expect(given(requested, started, joined, ...full).when(message)).toHaveLength(1);
  });

  it('leave typing and everything but messages alone', () => {
    expect(given(requested, started, ...full).when({ type: 'StartTyping', by: 'customer', atMs: 80_000 })).toHaveLength(
      1,
    );
  });

  it('do not concern a chat that is over: it says that it is over', () => {
    expect(given(requested, started, ...full, ended).when(say('hi', 80_001))).toEqual([]);
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

  it('do not come before the chat, and do nothing twice', () => {
    for (const kind of ['flex', 'idle', 'async'] as const) {
      expect(given(requested).when(meet(kind, 1e9))).toEqual([]);
      expect(given(requested, startedComet, ended).when(meet(kind, 1e9))).toEqual([]);
    }
    expect(given(requested, startedComet).when(meet('idle', 1e9))).toEqual([]);
    expect(given(requested, started).when(meet('async', 1e9))).toEqual([]);
    expect(given(requested, { type: 'ServiceExpired' }).when(meet('ttl', 1e9))).toEqual([]);
  });

  it('do not concern a service that is gone', () => {
    expect(given(requested, { type: 'ServiceDeleted' }).when(meet('ttl', 1e9))).toEqual([]);
  });
});

type Step = (atMs: number) => ServiceCommand;

const anyActor = fc.constantFrom('customer' as const, agent, other);
const anyAgent = fc.constantFrom(agent, other);
/** Every command there is, at the time when it comes; the frequent ones are those that go on with a chat. */
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(anyActor, fc.string())
      .map(([by, text]): Step => (atMs) => ({ type: 'SendMessage', by, text, atMs })),
  },
  {
    weight: 4,
    arbitrary: anyActor.map((by): Step => (atMs) => ({ type: 'StartTyping', by, atMs })),
  },
  { weight: 3, arbitrary: anyActor.map((by): Step => () => ({ type: 'StopTyping', by })) },
  { weight: 3, arbitrary: anyAgent.map((by): Step => () => ({ type: 'Join', by })) },
  { weight: 1, arbitrary: anyAgent.map((by): Step => () => ({ type: 'Leave', by })) },
  { weight: 2, arbitrary: anyAgent.map((by): Step => () => ({ type: 'PushUrl', by, url: 'https://a.example/' })) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom(...DEADLINE_KINDS), fc.nat(400_000)).map(([kind, agoMs]): Step => (atMs) => ({
      type: 'MeetDeadline',
      kind,
      atMs,
      lastSeenMs: Math.max(0, atMs - agoMs),
    })),
  },
  { weight: 1, arbitrary: fc.string().map((user): Step => () => ({ type: 'IdentifyOwner', user })) },
  { weight: 1, arbitrary: fc.constantFrom<Step>(() => ({ type: 'Disconnect' })) },
  { weight: 1, arbitrary: fc.constantFrom<Step>(() => ({ type: 'DeleteService' })) },
);

/** Commands with the time that passes before each, in ms: some long enough for deadlines, most not. */
const anyWalk = fc.array(fc.tuple(anyStep, fc.oneof(fc.nat(3_000), fc.nat(300_000))), { maxLength: 60 });
const anyStart = fc.constantFrom(started, startedComet);

/** What a stream holds after a request, the start of the chat and any commands; those refused leave nothing. */
const walk = (
  start: ServiceEvent,
  steps: readonly (readonly [step: Step, afterMs: number])[],
): readonly Recorded<ServiceEvent>[] => {
  const recorded = [...recordPast([requested, start])];
  let state = stateAfter(requested, start);
  let atMs = 0;
  for (const [index, [step, afterMs]] of steps.entries()) {
    atMs += afterMs;
    let events: readonly ServiceEvent[] = [];
    try {
      events = decider.decide(step(atMs), state);
    } catch (error) {
      expect(error).toBeInstanceOf(DomainError);
    }
    const context = { atMs, commandId: `c${index}`, verbose: false };
    const more = recordEvents(recorded.at(-1) ?? BEFORE_FIRST, events, isPositioned, context);
    recorded.push(...more);
    state = more.reduce(decider.evolve, state);
  }
  return recorded;
};

const typesOf = (recorded: readonly Recorded<ServiceEvent>[]): readonly string[] =>
  recorded.map(({ event }) => event.type);

describe('any sequence of commands', () => {
  it("gives positions 1 to n without holes, the customer's own join the first, and ids that only grow", () => {
    fc.assert(
      fc.property(anyStart, anyWalk, (start, steps) => {
        const recorded = walk(start, steps);
        const positioned = recorded.filter(({ event }) => isPositioned(event));
        expect(positioned.map(({ position, n }) => [position, n])).toEqual(
          positioned.map((_, index) => [index + 1, 0]),
        );
        expect(positioned[0]?.event.type).toBe('ChatStarted');
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
      fc.property(anyStart, anyWalk, fc.nat(), (start, steps, cut) => {
        const recorded = walk(start, steps);
        const at = cut % (recorded.length + 1);
        const whole = recorded.reduce(decider.evolve, decider.initialState());
        const half = recorded.slice(0, at).reduce(decider.evolve, decider.initialState());
        const kept = JSON.parse(JSON.stringify(half)) as typeof half;
        expect(kept).toStrictEqual(half);
        expect(recorded.slice(at).reduce(decider.evolve, kept)).toStrictEqual(whole);
      }),
    );
  });

  it('changes no state that somebody else holds', () => {
    fc.assert(
      fc.property(anyStart, anyWalk, (start, steps) => {
        const recorded = walk(start, steps);
        let state = decider.initialState();
        for (const record of recorded) {
          const text = JSON.stringify(state);
          const next = decider.evolve(state, record);
          expect(JSON.stringify(state)).toBe(text);
          state = next;
        }
      }),
      { numRuns: 30 },
    );
  });

  it('ends a chat at most once, and nothing is said in it afterwards', () => {
    fc.assert(
      fc.property(anyStart, anyWalk, (start, steps) => {
        const types = typesOf(walk(start, steps));
        const end = types.indexOf('ChatEnded');
        const after = end < 0 ? [] : types.slice(end + 1);
        expect(after.filter((type) => !['OwnerIdentified', 'ServiceDeleted', 'ServiceExpired'].includes(type))).toEqual(
          [],
        );
        const gone = types.findIndex((type) => type === 'ServiceDeleted' || type === 'ServiceExpired');
        expect(gone < 0 ? [] : types.slice(gone + 1)).toEqual([]);
      }),
    );
  });

  it('has an end of typing only after its start, and agents who speak only between join and leave', () => {
    fc.assert(
      fc.property(anyStart, anyWalk, (start, steps) => {
        const typing = new Set<string>();
        const present = new Set(['customer', 'system']);
        for (const { event } of walk(start, steps)) {
          if (!('participantId' in event)) continue;
          const { participantId, type } = event;
          if (type === 'ParticipantJoined') present.add(participantId);
          expect(present).toContain(participantId);
          if (type === 'TypingStopped') expect(typing).toContain(participantId);
          if (type === 'TypingStarted') typing.add(participantId);
          if (['TypingStopped', 'MessageSent', 'ParticipantLeft'].includes(type)) typing.delete(participantId);
          if (type === 'ParticipantLeft') present.delete(participantId);
        }
      }),
    );
  });
});
