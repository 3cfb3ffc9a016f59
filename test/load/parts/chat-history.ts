import {
  BEFORE_FIRST,
  type ChatState,
  type Decider,
  type EntryId,
  recordEvents,
  type ServiceCommand,
  type ServiceEvent,
  type ServiceState,
} from '@app/domain';
import { LONG_CHAT_START } from '../replay/long-chats.js';

/** Between two messages of a customer, in milliseconds. */
const PAUSE_MS = 500;

/** A chat in memory, as the decider makes it. */
export class ChatHistory {
  constructor(private readonly decider: Decider<ServiceCommand, ServiceEvent, ServiceState>) {}

  /** The state after so many messages of the customer. */
  withMessages(count: number): { state: ServiceState; chat: ChatState; last: EntryId; atMs: number } {
    let state = this.decider.initialState();
    let last: EntryId = BEFORE_FIRST;
    let atMs = 1_800_000_000_000;
    const messages = Array.from({ length: count }, () => ({ type: 'SendMessage', by: 'customer' }) as const);
    for (const [index, command] of [...LONG_CHAT_START, ...messages].entries()) {
      atMs += PAUSE_MS;
      const whole = command.type === 'SendMessage' ? { ...command, text: 'where is my order?', atMs } : command;
      const context = { atMs, commandId: `~AAAAAAAA${index}`, verbose: false };
      const events = this.decider.decide(whole, state);
      for (const recorded of recordEvents(last, events, this.decider.isPositioned, context)) {
        state = this.decider.evolve(state, recorded);
        last = recorded;
      }
    }
    if (state.status !== 'open' || state.chat === null) throw new Error('the chat goes on');
    return { state, chat: state.chat, last, atMs };
  }
}
