import type { VNode } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import type { DeskLists } from '../api/shapes.js';
import { partIn, waitingFor } from '../state/chat-fold.js';
import type { OpenChat } from '../state/open-chat.js';
import { type Command, unechoed } from '../state/outbox.js';
import { endText } from '../state/transcript-line.js';
import { customerName } from '../text/names.js';
import type { ChatDialogName } from './chat-dialogs.js';
import { Composer } from './composer.js';
import { useSession } from './desk-context.js';
import { WaitTimer } from './elapsed.js';
import { PendingCommands } from './pending-commands.js';
import { TranscriptView } from './transcript-view.js';
import { Name } from './user-text.js';

interface ChatViewProps {
  readonly open: OpenChat;
  readonly me: string;
  readonly isSupervisor: boolean;
  readonly offsetMs: number;
  readonly lists: DeskLists;
  readonly commands: readonly Command[];
  readonly isPanelOpen: boolean;
  readonly onPanel: () => void;
  readonly onDialog: (name: ChatDialogName) => void;
}

/** Marks a chat as read while it is looked at. */
const useSeen = ({ serviceId, lines }: OpenChat): void => {
  const { store } = useSession();
  useEffect(() => {
    const see = () => {
      if (document.visibilityState === 'visible') store.dispatch({ type: 'ChatSeen', serviceId });
    };
    see();
    document.addEventListener('visibilitychange', see);
    return () => {
      document.removeEventListener('visibilitychange', see);
    };
  }, [serviceId, lines]);
};

export const ChatView = ({
  open,
  me,
  isSupervisor,
  offsetMs,
  lists,
  commands,
  isPanelOpen,
  onPanel,
  onDialog,
}: ChatViewProps): VNode => {
  const { store } = useSession();
  const { serviceId, chat, lines, draft } = open;
  useSeen(open);
  const pending = useMemo(() => unechoed(commands, serviceId, lines, me), [commands, lines, serviceId, me]);
  const failed = useMemo(
    () =>
      commands.filter(
        (command) => command.serviceId === serviceId && command.echo === null && command.state === 'failed',
      ),
    [commands, serviceId],
  );
  const part = chat === null ? 'reader' : partIn(chat, me);
  const isLive = chat?.state === 'live';
  const waitingSince = waitingFor(chat, me);
  const typing = useMemo(() => typingNames(chat, me), [chat?.typing, chat?.participants, me]);

  return (
    <section class="chat" aria-label={`Chat with ${customerName(chat)}`}>
      <header class="chat__head">
        <button
          type="button"
          class="icon-button chat__back"
          aria-label="Back to the list"
          data-testid="back"
          onClick={() => {
            store.dispatch({ type: 'ChatSelected', serviceId: null });
          }}
        >
          ←
        </button>
        <div class="chat__title">
          <h2>
            <Name name={customerName(chat)} />
          </h2>
          <p class="muted">
            {chat === null ? 'Loading …' : <ChatStatus chat={chat} me={me} />}
            {waitingSince !== null && <WaitTimer since={waitingSince} offsetMs={offsetMs} />}
          </p>
        </div>
        <ChatActions
          open={open}
          part={part}
          isSupervisor={isSupervisor}
          isPanelOpen={isPanelOpen}
          onPanel={onPanel}
          onDialog={onDialog}
        />
      </header>
      {open.problem !== null && (
        <p class="problem" role="alert">
          This chat could not be loaded: {open.problem}
        </p>
      )}
      <TranscriptView lines={lines} me={me} pending={pending} typing={typing} />
      <PendingCommands commands={failed} />
      {isLive && part !== 'reader' ? (
        <Composer
          serviceId={serviceId}
          draft={draft}
          canReply={part === 'participant'}
          responses={lists.cannedResponses}
        />
      ) : (
        chat !== null && (
          <p class="chat__over">
            {isLive
              ? 'You are not in this chat.'
              : chat.state === 'waiting'
                ? 'Not begun yet.'
                : `${endText(chat.endReason)}.`}
          </p>
        )
      )}
    </section>
  );
};

const typingNames = (chat: OpenChat['chat'], me: string): readonly string[] =>
  (chat?.typing ?? []).flatMap((id) => {
    if (id === me) return [];
    if (id === 'customer') return [customerName(chat)];
    return chat?.participants.find(({ agentId }) => agentId === id)?.nickname ?? id;
  });

const ChatStatus = ({ chat, me }: { readonly chat: NonNullable<OpenChat['chat']>; readonly me: string }): VNode => {
  const others = chat.participants.filter(({ agentId }) => agentId !== me);
  const isWatched = chat.monitors.some(
    ({ agentId }) => agentId !== me && !others.some((other) => other.agentId === agentId),
  );
  return (
    <>
      <span>{chat.name}</span>
      {others.length > 0 && (
        <span>
          with{' '}
          {others.map(({ agentId, nickname }, index) => (
            <>
              {index > 0 && ', '}
              <Name key={agentId} name={nickname} />
            </>
          ))}
        </span>
      )}
      {isWatched && <span class="tag">A supervisor reads along</span>}
      {chat.isCustomerAway && <span class="tag tag--warn">Customer away</span>}
      {chat.routing !== null && <span class="tag">{routingWords(chat.routing.purpose)}</span>}
    </>
  );
};

const routingWords = (purpose: string): string =>
  purpose === 'transfer' ? 'Transfer under way' : purpose === 'conference' ? 'Calling another agent' : 'Agent sought';

interface ActionsProps {
  readonly open: OpenChat;
  readonly part: 'participant' | 'monitor' | 'reader';
  readonly isSupervisor: boolean;
  readonly isPanelOpen: boolean;
  readonly onPanel: () => void;
  readonly onDialog: (name: ChatDialogName) => void;
}

const ChatActions = ({ open, part, isSupervisor, isPanelOpen, onPanel, onDialog }: ActionsProps): VNode => {
  const session = useSession();
  const { serviceId, chat } = open;
  const isLive = chat?.state === 'live';
  const isIn = isLive && part === 'participant';
  const action = (name: ChatDialogName, label: string, keys: string, isEnabled = true) => (
    <button
      type="button"
      class={name === 'end' ? 'button button--small button--risky' : 'button button--small'}
      data-testid={name}
      title={keys}
      disabled={!isEnabled}
      onClick={() => {
        onDialog(name);
      }}
    >
      {label}
    </button>
  );
  return (
    <div class="chat__actions" role="group" aria-label="Actions">
      {isIn && action('poke', 'Poke', 'Alt + P', chat.canPoke)}
      {isIn && action('push-url', 'Push URL', 'Alt + U')}
      {isIn && chat.routing === null && action('transfer', 'Transfer', 'Alt + T')}
      {isIn && chat.routing !== null && chat.routing.purpose !== 'chat' && (
        <button
          type="button"
          class="button button--small"
          data-testid="cancel-routing"
          onClick={() => {
            session.send({ serviceId, label: 'Calling the search off', path: 'cancel-routing' });
          }}
        >
          Call off
        </button>
      )}
      {part === 'monitor' && (
        <button
          type="button"
          class="button button--small button--primary"
          data-testid="join"
          onClick={() => {
            void session.join(serviceId);
          }}
        >
          Join
        </button>
      )}
      {part === 'monitor' && (
        <button
          type="button"
          class="button button--small"
          data-testid="stop-watching"
          onClick={() => {
            void session.stopWatching(serviceId);
          }}
        >
          Stop reading
        </button>
      )}
      {chat !== null && part !== 'monitor' && action('disposition', 'Outcome', 'Alt + O')}
      {isIn && action('leave', 'Leave', 'Alt + L')}
      {isIn && action('end', 'End', 'Alt + Q')}
      {isSupervisor && (
        <button
          type="button"
          class="button button--small"
          data-testid="time-travel"
          onClick={() => {
            session.store.dispatch({ type: 'TimeTravelled', travel: { serviceId } });
          }}
        >
          History
        </button>
      )}
      <button
        type="button"
        class="button button--small"
        aria-pressed={isPanelOpen}
        data-testid="customer"
        title="Alt + I"
        onClick={onPanel}
      >
        Customer
      </button>
      {chat !== null && (!isLive || part === 'reader') && (
        <button
          type="button"
          class="button button--small"
          data-testid="close-chat"
          onClick={() => {
            session.store.dispatch({ type: 'ChatClosed', serviceId });
          }}
        >
          Close
        </button>
      )}
    </div>
  );
};
