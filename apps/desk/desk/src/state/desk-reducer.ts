import type { AgentEvent, Me, Offer, StreamEvent } from '../api/shapes.js';
import { type DeskAction, type DeskState, initialState, type Remembered } from './desk-state.js';
import { isAfter } from './entry-id.js';
import { doubt, markSeen, newOpenChat, type OpenChat, takePage, takePushed, takeSnapshot } from './open-chat.js';
import { type Command, unechoed } from './outbox.js';

const agentIdOf = ({ profile }: DeskState): string => profile?.id ?? '';

const opened = (state: DeskState, serviceId: string, known?: Remembered['chats'][number]): DeskState =>
  serviceId in state.chats
    ? state
    : {
        ...state,
        order: [...state.order, serviceId],
        chats: { ...state.chats, [serviceId]: newOpenChat(serviceId, known) },
      };

const closed = (state: DeskState, serviceId: string): DeskState => {
  const index = state.order.indexOf(serviceId);
  if (index < 0) return state;
  const order = state.order.filter((id) => id !== serviceId);
  const { [serviceId]: _, ...chats } = state.chats;
  const selected = state.selected === serviceId ? (order[Math.min(index, order.length - 1)] ?? null) : state.selected;
  return {
    ...{ ...state, order, chats, selected },
    commands: state.commands.filter((command) => command.serviceId !== serviceId),
  };
};

const withChat = (state: DeskState, serviceId: string, change: (open: OpenChat) => OpenChat): DeskState => {
  const open = state.chats[serviceId];
  if (open === undefined) return state;
  const next = change(open);
  return next === open ? state : { ...state, chats: { ...state.chats, [serviceId]: next } };
};

const withoutOffer = (offers: readonly Offer[], token: string): readonly Offer[] =>
  offers.filter((offer) => offer.token !== token);

const agentTold = (state: DeskState, event: AgentEvent): DeskState => {
  switch (event.type) {
    case 'AgentSignedIn':
      return { ...state, presence: 'not-ready', reason: 'signed in', since: event.at };
    case 'AgentReady':
      return { ...state, presence: 'ready', reason: null, since: event.at };
    case 'AgentNotReady':
      return { ...state, presence: 'not-ready', reason: event.reason, since: event.at };
    case 'AgentAway':
      return { ...state, presence: 'away', reason: null, since: event.at };
    case 'AgentSignedOut':
      return { ...state, presence: 'signed-out', reason: null, since: event.at };
    case 'ChatOffered': {
      const { serviceId, token, phase, untilMs } = event;
      const offer = { serviceId, token, phase, until: new Date(untilMs).toISOString() };
      return { ...state, offers: [...state.offers.filter((other) => other.serviceId !== serviceId), offer] };
    }
    case 'OfferClosed':
      return { ...state, offers: withoutOffer(state.offers, event.token) };
    case 'ChatAssigned': {
      const next = opened(state, event.serviceId);
      return state.selected === null ? { ...next, selected: event.serviceId } : next;
    }
    // The chat stays until its agent has written down what came of it.
    case 'ChatReleased':
      return state;
    // Types that a newer server may bring.
    default:
      return state;
  }
};

/** As much of what was told as an answer can be behind. */
const TOLD_MAX = 200;

const tellAgent = (state: DeskState, events: readonly StreamEvent[]): DeskState =>
  events.reduce<DeskState>((next, event) => {
    if (!isAfter(event.id, next.lastId)) return next;
    return { ...agentTold(next, event as AgentEvent), lastId: event.id };
  }, state);

const loadMe = (state: DeskState, me: Me, nowMs: number, remembered: Remembered | undefined): DeskState => {
  const { agent: profile, presence, reason, since, offers, lastId } = me;
  const answered: DeskState = {
    ...{ ...state, profile, presence, reason, since, offers, lastId, phase: 'at-desk', signInProblem: null },
    clockOffsetMs: Date.parse(me.serverTime) - nowMs,
  };
  // Chats that were assigned since are open already, or closed again.
  const loaded = tellAgent(
    answered,
    state.told.filter(({ type }) => type !== 'ChatAssigned'),
  );
  const known = remembered?.chats ?? [];
  const ids = [...new Set([...known.map(({ serviceId }) => serviceId), ...me.chats])];
  const withAll = ids.reduce<DeskState>(
    (next, id) =>
      opened(
        next,
        id,
        known.find(({ serviceId }) => serviceId === id),
      ),
    loaded,
  );
  const selected = withAll.selected ?? remembered?.selected ?? null;
  return { ...withAll, selected: selected !== null && selected in withAll.chats ? selected : null };
};

const withCommand = (state: DeskState, key: string, change: (command: Command) => Command | null): DeskState => ({
  ...state,
  commands: state.commands.flatMap((command) => (command.key === key ? (change(command) ?? []) : [command])),
});

/** Drops commands that are done and whose result the transcript shows. */
const settle = (state: DeskState, serviceId: string): DeskState => {
  if (!state.commands.some((command) => command.serviceId === serviceId && command.echo !== null)) return state;
  const lines = state.chats[serviceId]?.lines ?? [];
  const open = new Set(unechoed(state.commands, serviceId, lines, agentIdOf(state)).map(({ key }) => key));
  const commands = state.commands.filter(
    (command) => command.serviceId !== serviceId || command.state !== 'done' || open.has(command.key),
  );
  return commands.length === state.commands.length ? state : { ...state, commands };
};

/** The desk after something happened. */
export const deskReducer = (state: DeskState, action: DeskAction): DeskState => {
  switch (action.type) {
    case 'SigningIn':
      return { ...initialState(), phase: 'signing-in' };
    case 'SignedOut':
      return { ...initialState(), signInProblem: action.problem };
    case 'MeLoaded':
      // Asked for before a break, it may lack what was told before and not again.
      if (action.epoch !== state.epoch) return state;
      return loadMe(state, action.me, action.nowMs, action.remembered);
    case 'ListsLoaded':
      return { ...state, lists: action.lists };
    case 'ConnectionChanged':
      return state.connection === action.connection ? state : { ...state, connection: action.connection };
    case 'Resubscribed':
      return {
        ...state,
        epoch: state.epoch + 1,
        told: [],
        chats: Object.fromEntries(Object.entries(state.chats).map(([id, open]) => [id, doubt(open)])),
      };
    case 'AgentTold':
      return { ...tellAgent(state, action.events), told: [...state.told, ...action.events].slice(-TOLD_MAX) };
    case 'ChatTold':
      return settle(chatTold(state, action.serviceId, action.events), action.serviceId);
    case 'ChatLoaded':
      if (action.epoch !== state.epoch) return state;
      return withChat(state, action.chat.serviceId, (open) => takeSnapshot(open, action.chat));
    case 'PageLoaded': {
      const isSince = action.epoch === state.epoch;
      const next = withChat(state, action.serviceId, (open) => takePage(open, action.page, isSince, agentIdOf(state)));
      return settle(next, action.serviceId);
    }
    case 'LoadFailed':
      return withChat(state, action.serviceId, (open) => ({ ...open, problem: action.problem }));
    case 'ChatOpened':
      return { ...opened(state, action.serviceId), selected: action.serviceId, view: 'chats', travel: null };
    case 'ChatClosed':
      return closed(state, action.serviceId);
    case 'ChatSelected':
      return { ...state, selected: action.serviceId, view: 'chats', travel: null };
    case 'ChatSeen':
      return withChat(state, action.serviceId, markSeen);
    case 'DraftChanged':
      return withChat(state, action.serviceId, (open) => ({ ...open, draft: action.draft }));
    case 'ViewChosen':
      return { ...state, view: action.view, travel: null };
    case 'TimeTravelled':
      return { ...state, travel: action.travel };
    case 'CommandGiven':
      return { ...state, commands: [...state.commands, action.command] };
    case 'CommandDone': {
      // What leaves a line stays until the line is there.
      const { key } = action;
      const command = state.commands.find((other) => other.key === key);
      const next = withCommand(state, key, (done) => (done.echo === null ? null : { ...done, state: 'done' }));
      return command === undefined ? state : settle(next, command.serviceId);
    }
    case 'CommandFailed':
      return withCommand(state, action.key, (command) => ({ ...command, state: 'failed', problem: action.problem }));
    case 'CommandRetried':
      return withCommand(state, action.key, (command) => ({ ...command, state: 'pending', problem: null }));
    case 'CommandDropped':
      return withCommand(state, action.key, () => null);
    case 'OfferAnswered':
      return { ...state, offers: withoutOffer(state.offers, action.token) };
    case 'Noticed':
      return {
        ...state,
        notices: [...state.notices.filter(({ text }) => text !== action.notice.text), action.notice],
      };
    case 'NoticeRead':
      return { ...state, notices: state.notices.filter(({ key }) => key !== action.key) };
  }
};

/** What is pushed of a chat that the desk does not have comes again when it is loaded. */
const chatTold = (state: DeskState, serviceId: string, events: readonly StreamEvent[]): DeskState =>
  withChat(state, serviceId, (open) => takePushed(open, events, agentIdOf(state)));
