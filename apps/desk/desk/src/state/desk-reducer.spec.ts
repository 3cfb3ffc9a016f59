import { chatAtStart, event, isoAt, me, page, said, START_MS } from '../testing/samples.js';
import { deskReducer } from './desk-reducer.js';
import { type DeskAction, type DeskState, initialState } from './desk-state.js';
import type { Command } from './outbox.js';

const after = (state: DeskState, ...actions: readonly DeskAction[]) => actions.reduce(deskReducer, state);
const atDesk = (fields: Parameters<typeof me>[0] = {}) =>
  after(initialState(), { type: 'MeLoaded', me: me(fields), nowMs: START_MS, epoch: 0 });
const told = (...events: readonly ReturnType<typeof event>[]): DeskAction => ({ type: 'AgentTold', events });
const offered = (id: string, token: string) =>
  event(id, 'ChatOffered', { serviceId: 's1', token, phase: 'offered', untilMs: START_MS + 20_000 });
const command: Command = {
  ...{ key: 'k1', serviceId: 's1', label: 'Message', path: 'messages', body: { text: 'hi' }, state: 'pending' },
  ...{ problem: null, echo: { kind: 'message', text: 'hi', since: '1-0' } },
};

describe('the desk', () => {
  it('follows the presence of its agent', () => {
    const state = after(atDesk(), told(event('2-0', 'AgentReady')));
    expect(state).toMatchObject({ presence: 'ready', reason: null, since: isoAt(2) });
    expect(after(state, told(event('3-0', 'AgentNotReady', { reason: 'Lunch' })))).toMatchObject({ reason: 'Lunch' });
    expect(after(state, told(event('3-0', 'AgentAway')))).toMatchObject({ presence: 'away' });
  });

  it('ignores what it was told before it loaded', () => {
    expect(after(atDesk({ lastId: '5-0' }), told(event('4-0', 'AgentReady'))).presence).toBe('not-ready');
  });

  it('keeps what it was told when an answer that is older comes late', () => {
    const state = after(atDesk(), { type: 'Resubscribed' }, told(event('2-0', 'AgentReady'), offered('3-0', 't1')));
    const late: DeskAction = { type: 'MeLoaded', me: me({ lastId: '1-0' }), nowMs: START_MS, epoch: 1 };
    expect(after(state, late)).toMatchObject({ presence: 'ready', lastId: '3-0', offers: [{ token: 't1' }] });
    expect(after(state, { ...late, epoch: 0 })).toBe(state);
  });

  it('takes the server’s word for what it missed during a break', () => {
    const state = after(
      atDesk(),
      told(offered('2-0', 't1')),
      { type: 'Resubscribed' },
      told(event('5-0', 'AgentReady')),
      { type: 'MeLoaded', me: me({ lastId: '4-0', offers: [] }), nowMs: START_MS, epoch: 1 },
    );
    expect(state).toMatchObject({ presence: 'ready', lastId: '5-0', offers: [] });
  });

  it('shows offers until they are closed, one a chat', () => {
    const state = after(atDesk(), told(offered('2-0', 't1'), offered('3-0', 't2')));
    expect(state.offers).toEqual([{ serviceId: 's1', token: 't2', phase: 'offered', until: isoAt(20) }]);
    expect(
      after(state, told(event('4-0', 'OfferClosed', { serviceId: 's1', token: 't2', reason: 'no-answer' }))).offers,
    ).toEqual([]);
    expect(after(state, { type: 'OfferAnswered', token: 't2' }).offers).toEqual([]);
  });

  it('opens a chat that is assigned, and keeps it when it is released', () => {
    const state = after(
      atDesk(),
      told(event('2-0', 'ChatAssigned', { serviceId: 's1' }), event('3-0', 'ChatAssigned', { serviceId: 's2' })),
    );
    expect(state).toMatchObject({ order: ['s1', 's2'], selected: 's1' });
    expect(after(state, told(event('4-0', 'ChatReleased', { serviceId: 's1' }))).order).toEqual(['s1', 's2']);
  });

  it('goes to the neighbour when a chat is closed', () => {
    const state = after(
      atDesk({ chats: ['s1', 's2', 's3'] }),
      { type: 'ChatSelected', serviceId: 's2' },
      { type: 'ChatClosed', serviceId: 's2' },
    );
    expect(state).toMatchObject({ order: ['s1', 's3'], selected: 's3' });
    expect(after(state, { type: 'ChatClosed', serviceId: 's3' }).selected).toBe('s1');
  });

  it('comes back after a reload with drafts and with chats that have ended', () => {
    const state = after(initialState(), {
      ...{ type: 'MeLoaded', me: me({ chats: ['s2'] }), nowMs: START_MS, epoch: 0 },
      remembered: {
        selected: 's1',
        chats: [{ serviceId: 's1', seenTo: '9-0', draft: { text: 'half a', isWhisper: false } }],
      },
    });
    expect(state).toMatchObject({ order: ['s1', 's2'], selected: 's1' });
    expect(state.chats['s1']).toMatchObject({ seenTo: '9-0', draft: { text: 'half a' } });
  });

  it('knows how far its own clock is behind', () => {
    expect(
      after(initialState(), { type: 'MeLoaded', me: me({ serverTime: isoAt(7) }), nowMs: START_MS, epoch: 0 })
        .clockOffsetMs,
    ).toBe(7_000);
  });

  it('takes nothing for granted after a new subscription', () => {
    const load: readonly DeskAction[] = [
      { type: 'ChatLoaded', chat: chatAtStart(), epoch: 0 },
      { type: 'PageLoaded', serviceId: 's1', page: page([said('2-0', 'customer', 'a')]), epoch: 0 },
    ];
    const state = after(atDesk({ chats: ['s1'] }), ...load);
    expect(state.chats['s1']).toMatchObject({ isComplete: true, isHeadCurrent: true });
    const doubted = after(state, { type: 'Resubscribed' });
    expect(doubted.chats['s1']).toMatchObject({ isComplete: false, isHeadCurrent: false });
    // What was asked for before does not count.
    expect(after(doubted, ...load).chats['s1']).toMatchObject({ isComplete: false, isHeadCurrent: false });
  });

  it('keeps a message in sight until the transcript has it, whichever comes first', () => {
    const given = after(atDesk({ chats: ['s1'] }), { type: 'CommandGiven', command });
    const done: DeskAction = { type: 'CommandDone', key: 'k1' };
    const echo: DeskAction = { type: 'ChatTold', serviceId: 's1', events: [said('2-0', 'kate', 'hi')] };
    expect(after(given, done).commands).toHaveLength(1);
    expect(after(given, done, echo).commands).toEqual([]);
    expect(after(given, echo, done).commands).toEqual([]);
  });

  it('keeps a command that failed, to be sent again or dropped', () => {
    const failed = after(
      atDesk({ chats: ['s1'] }),
      { type: 'CommandGiven', command },
      { type: 'CommandFailed', key: 'k1', problem: 'no answer' },
    );
    expect(failed.commands[0]).toMatchObject({ state: 'failed', problem: 'no answer' });
    expect(after(failed, { type: 'CommandRetried', key: 'k1' }).commands[0]).toMatchObject({ state: 'pending' });
    expect(after(failed, { type: 'CommandDropped', key: 'k1' }).commands).toEqual([]);
  });

  it('forgets everything when its agent signs out', () => {
    expect(after(atDesk({ chats: ['s1'] }), { type: 'SignedOut', problem: 'expired' })).toEqual({
      ...initialState(),
      signInProblem: 'expired',
    });
  });
});
