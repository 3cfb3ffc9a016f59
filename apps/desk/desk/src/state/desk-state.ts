import type { Chat, DeskLists, EntryId, EventsPage, Me, Offer, Presence, Profile, StreamEvent } from '../api/shapes.js';
import type { Command } from './outbox.js';
import type { OpenChat } from './open-chat.js';

export type Connection = 'connecting' | 'online' | 'offline';
export type View = 'chats' | 'supervision';

/** What a chat is looked through by position. */
export interface TimeTravel {
  readonly serviceId: string;
}

/** All that the desk knows: a fold of what the server told and of what the agent did. */
export interface DeskState {
  readonly phase: 'signed-out' | 'signing-in' | 'at-desk';
  /** Why the sign-in page is shown. */
  readonly signInProblem: string | null;
  readonly connection: Connection;
  /** Raised whenever events may have been missed. */
  readonly epoch: number;
  /** Server time less local time, in milliseconds. */
  readonly clockOffsetMs: number;
  readonly profile: Profile | null;
  readonly presence: Presence;
  readonly reason: string | null;
  readonly since: string | null;
  /** The last event of the agent that is known. */
  readonly lastId: EntryId;
  /** What the agent was told since the last break: an answer on its way may be older. */
  readonly told: readonly StreamEvent[];
  readonly offers: readonly Offer[];
  readonly lists: DeskLists;
  /** In the order they came. */
  readonly order: readonly string[];
  readonly chats: Readonly<Record<string, OpenChat>>;
  readonly selected: string | null;
  readonly view: View;
  readonly travel: TimeTravel | null;
  /** Oldest first. */
  readonly commands: readonly Command[];
  readonly notices: readonly Notice[];
}

/** Something the agent should know, until he has read it. */
export interface Notice {
  readonly key: string;
  readonly text: string;
}

/** What stays over a reload beside what the server knows. */
export interface Remembered {
  readonly selected: string | null;
  readonly chats: readonly Pick<OpenChat, 'serviceId' | 'seenTo' | 'draft'>[];
}

export type DeskAction =
  | { readonly type: 'SigningIn' }
  | { readonly type: 'SignedOut'; readonly problem: string | null }
  | {
      readonly type: 'MeLoaded';
      readonly me: Me;
      readonly nowMs: number;
      /** When it was asked for. */
      readonly epoch: number;
      readonly remembered?: Remembered;
    }
  | { readonly type: 'ListsLoaded'; readonly lists: DeskLists }
  | { readonly type: 'ConnectionChanged'; readonly connection: Connection }
  /** A new subscription stands: events before it may have been missed. */
  | { readonly type: 'Resubscribed' }
  | { readonly type: 'AgentTold'; readonly events: readonly StreamEvent[] }
  | { readonly type: 'ChatTold'; readonly serviceId: string; readonly events: readonly StreamEvent[] }
  | { readonly type: 'ChatLoaded'; readonly chat: Chat; readonly epoch: number }
  | { readonly type: 'PageLoaded'; readonly serviceId: string; readonly page: EventsPage; readonly epoch: number }
  | { readonly type: 'LoadFailed'; readonly serviceId: string; readonly problem: string }
  | { readonly type: 'ChatOpened'; readonly serviceId: string }
  | { readonly type: 'ChatClosed'; readonly serviceId: string }
  | { readonly type: 'ChatSelected'; readonly serviceId: string | null }
  | { readonly type: 'ChatSeen'; readonly serviceId: string }
  | { readonly type: 'DraftChanged'; readonly serviceId: string; readonly draft: OpenChat['draft'] }
  | { readonly type: 'ViewChosen'; readonly view: View }
  | { readonly type: 'TimeTravelled'; readonly travel: TimeTravel | null }
  | { readonly type: 'CommandGiven'; readonly command: Command }
  | { readonly type: 'CommandDone'; readonly key: string }
  | { readonly type: 'CommandFailed'; readonly key: string; readonly problem: string }
  | { readonly type: 'CommandRetried'; readonly key: string }
  | { readonly type: 'CommandDropped'; readonly key: string }
  | { readonly type: 'OfferAnswered'; readonly token: string }
  | { readonly type: 'Noticed'; readonly notice: Notice }
  | { readonly type: 'NoticeRead'; readonly key: string };

export const initialState = (): DeskState => ({
  ...{ phase: 'signed-out', signInProblem: null, connection: 'connecting', epoch: 0, clockOffsetMs: 0 },
  ...{ profile: null, presence: 'signed-out', reason: null, since: null, lastId: '0-0', told: [], offers: [] },
  lists: { cannedResponses: [], notReadyReasons: [], dispositions: [], skills: [], agents: [] },
  ...{ order: [], chats: {}, selected: null, view: 'chats', travel: null, commands: [], notices: [] },
});

export const isSupervisor = ({ profile }: Pick<DeskState, 'profile'>): boolean =>
  profile !== null && profile.role !== 'agent';
