import { evolveService, type Recorded, type ServiceEvent, type ServiceState } from '@app/domain';
import fc from 'fast-check';
import { serviceEventCodec } from './service-event-codec.js';

const TIMEOUTS = { ttlS: 60, flexDisconnectS: 1, idleAlertS: 2, idleCloseS: 3, asyncCloseS: 4, idleAlertMessage: '?' };

const STARTED: ServiceEvent = {
  type: 'ChatStarted',
  sessionId: '00058A99N4CB0009',
  userId: '007654A8BCDE0001',
  secureKey: '0123456789abcdef',
  nickname: 'VasyaP',
  attachedData: {},
};

const recordOf = (event: ServiceEvent, more: Partial<Recorded<ServiceEvent>> = {}): Recorded<ServiceEvent> => ({
  position: 3,
  n: 0,
  atMs: 1_763_863_416_123,
  commandId: 'k:1',
  verbose: false,
  replyFrom: null,
  event,
  ...more,
});

/** A chat that started at this time, in ms. */
const chatSince = (atMs: number): ServiceState =>
  [{ type: 'ServiceRequested', name: 'x', kind: 'basic', timeouts: TIMEOUTS, businessData: {} } as const, STARTED]
    .map((event) => recordOf(event, { atMs }))
    .reduce(evolveService, { status: 'absent' });

const roundTrip = (recorded: Recorded<ServiceEvent>, before: ServiceState = { status: 'absent' }) => {
  const { line, body } = serviceEventCodec.encode(recorded, before);
  const { position, n, replyFrom } = recorded;
  return serviceEventCodec.decode({ position, n, replyFrom, line, body });
};

/** Whatever a customer may type, and then some. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('\n', 'a\nb\r\n', '\u2028', '\u2029', '\0', '\ud800', '"],["', '\\', '</script>', '\u202eabc', '-0'),
);
/** `__proto__` is here on purpose. */
const anyMap = fc.dictionary(fc.oneof(anyText, fc.constant('__proto__')), anyText, {
  maxKeys: 5,
  noNullPrototype: true,
});

const anySpeaker = fc.record({
  participantId: anyText,
  nickname: anyText,
  party: fc.constantFrom('AGENT' as const, 'CLIENT' as const, 'EXTERNAL' as const),
});
const spoken = <Type extends ServiceEvent['type']>(type: Type) => anySpeaker.map((speaker) => ({ type, ...speaker }));
const spokenText = <Type extends ServiceEvent['type']>(type: Type) =>
  fc.tuple(anySpeaker, anyText).map(([speaker, text]) => ({ type, ...speaker, text }));

const held = <Type extends ServiceEvent['type']>(type: Type) =>
  fc.tuple(anyText, anyText, anyText).map(([agentId, nickname, token]) => ({ type, agentId, nickname, token }));

const EVENTS: { readonly [Type in ServiceEvent['type']]: fc.Arbitrary<Extract<ServiceEvent, { type: Type }>> } = {
  ServiceRequested: fc
    .record(
      {
        name: anyText,
        kind: fc.constantFrom('basic' as const, 'advanced' as const),
        timeouts: anyText.map((idleAlertMessage) => ({ ...TIMEOUTS, idleAlertMessage })),
        businessData: anyMap,
        user: anyText,
        chatEndpoint: anyText,
        timeZoneOffsetMin: fc.integer({ min: -900, max: 900 }),
        device: fc.record({ os: anyText, notificationId: anyText }, { noNullPrototype: true }),
      },
      { requiredKeys: ['name', 'kind', 'timeouts', 'businessData'], noNullPrototype: true },
    )
    .map((fields) => ({ type: 'ServiceRequested', ...fields })),
  OwnerIdentified: anyText.map((user) => ({ type: 'OwnerIdentified', user })),
  ChatStarted: fc
    .record(
      {
        sessionId: anyText,
        userId: anyText,
        secureKey: anyText,
        nickname: anyText,
        attachedData: anyMap,
        notifyBy: fc.constant('comet' as const),
        timeZoneOffsetMin: fc.integer({ min: -900, max: 900 }),
        push: anyMap,
      },
      { requiredKeys: ['sessionId', 'userId', 'secureKey', 'nickname', 'attachedData'], noNullPrototype: true },
    )
    .map((fields) => ({ type: 'ChatStarted', ...fields })),
  ParticipantJoined: spoken('ParticipantJoined'),
  ParticipantLeft: spoken('ParticipantLeft'),
  MessageSent: spokenText('MessageSent'),
  TypingStarted: spoken('TypingStarted'),
  TypingStopped: spoken('TypingStopped'),
  UrlPushed: fc.tuple(anySpeaker, anyText).map(([speaker, url]) => ({ type: 'UrlPushed', ...speaker, url })),
  NoticeSent: spokenText('NoticeSent'),
  IdleAlerted: spokenText('IdleAlerted'),
  DataReceived: fc.tuple(anyMap, fc.boolean()).map(([data, isOpen]) => ({ type: 'DataReceived', data, isOpen })),
  StatusSet: fc
    .record(
      { status: anyText, dialog: anyText, cause: anyText },
      { requiredKeys: ['status', 'cause'], noNullPrototype: true },
    )
    .map((fields) => ({ type: 'StatusSet', ...fields })),
  RoutingRequested: fc
    .record(
      {
        need: fc.record(
          { stages: fc.constant([{ afterS: 0, skills: { sales: 2 } }]), priority: fc.integer(), agentId: anyText },
          { requiredKeys: ['stages', 'priority'], noNullPrototype: true },
        ),
        purpose: fc.constantFrom('chat' as const, 'transfer' as const, 'conference' as const),
        by: anyText,
        cause: anyText,
      },
      { requiredKeys: ['need', 'purpose'], noNullPrototype: true },
    )
    .map((fields) => ({ type: 'RoutingRequested', ...fields })),
  RoutingCancelled: anyText.map((cause) => ({ type: 'RoutingCancelled', cause })),
  AgentReserved: held('AgentReserved'),
  AgentOffered: held('AgentOffered'),
  ReservationEnded: fc
    .constantFrom('expired' as const, 'released' as const, 'agent-gone' as const)
    .map((reason) => ({ type: 'ReservationEnded', reason })),
  OfferEnded: fc
    .tuple(anyText, anyText, fc.constantFrom('rejected' as const, 'no-answer' as const, 'agent-gone' as const))
    .map(([agentId, token, reason]) => ({ type: 'OfferEnded', agentId, token, reason })),
  ExclusionsLifted: fc.constant({ type: 'ExclusionsLifted' }),
  LogicDeadlineSet: fc
    .tuple(anyText, fc.nat(), anyText)
    .map(([name, dueMs, cause]) => ({ type: 'LogicDeadlineSet', name, dueMs, cause })),
  LogicDeadlineCleared: fc
    .tuple(anyText, anyText)
    .map(([name, cause]) => ({ type: 'LogicDeadlineCleared', name, cause })),
  LogicDeadlineMet: anyText.map((name) => ({ type: 'LogicDeadlineMet', name })),
  PushRequested: fc.tuple(anyText, anyText).map(([text, cause]) => ({ type: 'PushRequested', text, cause })),
  PokeRequested: fc.tuple(anyText, anyText).map(([text, cause]) => ({ type: 'PokeRequested', text, cause })),
  PushSent: fc.tuple(anyText, anyText).map(([ref, channel]) => ({ type: 'PushSent', ref, channel })),
  PushFailed: fc
    .tuple(anyText, anyText, fc.constantFrom('unregistered' as const, 'refused' as const, 'unavailable' as const))
    .map(([ref, channel, reason]) => ({ type: 'PushFailed', ref, channel, reason })),
  CustomerAway: fc.constant({ type: 'CustomerAway' }),
  CustomerBack: fc.constant({ type: 'CustomerBack' }),
  WhisperSent: fc
    .tuple(anyText, anyText, anyText)
    .map(([participantId, nickname, text]) => ({ type: 'WhisperSent', participantId, nickname, text })),
  MonitoringStarted: fc
    .tuple(anyText, anyText)
    .map(([agentId, nickname]) => ({ type: 'MonitoringStarted', agentId, nickname })),
  MonitoringEnded: fc
    .tuple(anyText, anyText)
    .map(([agentId, nickname]) => ({ type: 'MonitoringEnded', agentId, nickname })),
  DispositionSet: fc
    .record(
      { agentId: anyText, code: anyText, note: anyText },
      { requiredKeys: ['agentId', 'code'], noNullPrototype: true },
    )
    .map((fields) => ({ type: 'DispositionSet', ...fields })),
  LogicFailed: fc.tuple(anyText, anyText).map(([reason, cause]) => ({ type: 'LogicFailed', reason, cause })),
  ChatEnded: fc
    .constantFrom('customer' as const, 'agent' as const, 'customer-gone' as const, 'idle' as const)
    .map((reason) => ({ type: 'ChatEnded', reason })),
  ServiceExpired: fc.constant({ type: 'ServiceExpired' }),
  ServiceDeleted: fc.constant({ type: 'ServiceDeleted' }),
};

const anyEnvelope = fc.record({
  position: fc.nat(),
  n: fc.nat(),
  atMs: fc.nat(),
  commandId: anyText,
  verbose: fc.boolean(),
  replyFrom: fc.option(fc.nat()),
});

describe('the stored form of a service event', () => {
  it.each(Object.keys(EVENTS) as ServiceEvent['type'][])('is read as it was written: %s', (type) => {
    fc.assert(
      fc.property<[ServiceEvent, Omit<Recorded<ServiceEvent>, 'event'>]>(
        EVENTS[type],
        anyEnvelope,
        (event, envelope) => {
          const recorded = { ...envelope, event };
          expect(roundTrip(recorded)).toStrictEqual(recorded);
        },
      ),
    );
  });

  it('has no line feed in it, whatever was typed: line feeds separate its parts', () => {
    fc.assert(
      fc.property(fc.oneof(...Object.values<fc.Arbitrary<ServiceEvent>>(EVENTS)), anyEnvelope, (event, envelope) => {
        const { line, body } = serviceEventCodec.encode({ ...envelope, event }, { status: 'absent' });
        expect(line).not.toContain('\n');
        expect(body).not.toContain('\n');
      }),
    );
  });

  it('survives UTF-8: lone surrogates are escaped', () => {
    const event: ServiceEvent = {
      type: 'MessageSent',
      participantId: 'customer',
      nickname: '\udfff',
      party: 'CLIENT',
      text: '\ud800x',
    };
    const { line } = serviceEventCodec.encode(recordOf(event), { status: 'absent' });
    expect(Buffer.from(line, 'utf8').toString('utf8')).toBe(line);
  });

  it.each<[ServiceEvent, string]>([
    [{ type: 'ServiceExpired' }, 's'],
    [STARTED, 'a'],
    [{ type: 'ChatEnded', reason: 'idle' }, 'a'],
    [{ type: 'TypingStarted', participantId: 'a', nickname: 'A', party: 'AGENT' }, 'c'],
  ])('names the schema, the type, the time, the command and the audience of $type', (event, audience) => {
    const { body } = serviceEventCodec.encode(recordOf(event), { status: 'absent' });
    expect(JSON.parse(body)).toMatchObject({ v: 1, t: event.type, at: 1_763_863_416_123, c: 'k:1', a: audience });
  });

  it('has a line for what the customer sees, and only for that', () => {
    const hidden = [STARTED, { type: 'ServiceExpired' } as const, { type: 'ChatEnded', reason: 'agent' } as const];
    for (const event of hidden) {
      expect(serviceEventCodec.encode(recordOf(event), { status: 'absent' }).line).toBe('');
    }
    const said: ServiceEvent = {
      type: 'MessageSent',
      participantId: 'customer',
      nickname: 'V',
      party: 'CLIENT',
      text: 'x',
    };
    const { line } = serviceEventCodec.encode(recordOf(said, { atMs: 12_999 }), chatSince(10_000));
    expect(line).toBe('["Message.Text","V","x","2","CLIENT"]');
  });

  it('does not say twice what the line says already', () => {
    const said: ServiceEvent = {
      type: 'MessageSent',
      participantId: 'p',
      nickname: 'Nicky',
      party: 'AGENT',
      text: 'words',
    };
    const { body } = serviceEventCodec.encode(recordOf(said), { status: 'absent' });
    expect(body).not.toMatch(/Nicky|words|AGENT/);
  });
});
