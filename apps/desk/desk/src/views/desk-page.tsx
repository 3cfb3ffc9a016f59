import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useState } from 'preact/hooks';
import { memory } from '../api/memory.js';
import { Ring } from '../ring.js';
import { type DeskState, isSupervisor } from '../state/desk-state.js';
import { partIn } from '../state/chat-fold.js';
import { shortcutOf } from '../text/shortcuts.js';
import { ChatDialog, type ChatDialogName } from './chat-dialogs.js';
import { ChatList } from './chat-list.js';
import { ChatView } from './chat-view.js';
import { CustomerPanel } from './customer-panel.js';
import { useSession } from './desk-context.js';
import { HelpDialog } from './help-dialog.js';
import { NewsRegion } from './news-region.js';
import { NoticeList } from './notice-list.js';
import { OfferList } from './offer-list.js';
import { SupervisionView } from './supervision-view.js';
import { TimeTravelView } from './time-travel-view.js';
import { TopBar } from './top-bar.js';

/** As much room as the customer's data needs beside a chat. */
const WIDE = '(min-width: 1100px)';

const isWritingIn = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);

const focusComposer = (): void => {
  requestAnimationFrame(() => {
    document.querySelector<HTMLElement>('[data-composer]')?.focus();
  });
};

export const DeskPage = ({ state }: { readonly state: DeskState }): VNode => {
  const session = useSession();
  const ring = useMemo(() => new Ring(), []);
  const [isMuted, setMuted] = useState(memory.isMuted);
  const [isPanelOpen, setPanelOpen] = useState(() => matchMedia(WIDE).matches);
  const [dialog, setDialog] = useState<ChatDialogName | 'help' | null>(null);
  const { selected, chats, offers, order, clockOffsetMs: offsetMs } = state;
  const open = selected === null ? undefined : chats[selected];
  const chat = open === undefined ? null : open.chat;
  const me = state.profile?.id ?? '';
  const ringing = offers.find(({ phase }) => phase === 'offered');
  const unread = Object.values(chats).reduce((sum, chat) => sum + chat.unread, 0);

  useEffect(() => {
    ring.isMuted = isMuted;
    if (ringing !== undefined) ring.start();
    else ring.stop();
  }, [ringing !== undefined, isMuted]);
  useEffect(
    () => () => {
      ring.stop();
    },
    [],
  );

  useEffect(() => {
    const words = ringing !== undefined ? '(!) New chat' : unread > 0 ? `(${unread}) Desk` : 'Desk';
    document.title = words;
  }, [ringing !== undefined, unread]);

  const toggleMute = () => {
    setMuted(!isMuted);
    memory.setMuted(!isMuted);
  };

  const select = (serviceId: string | undefined) => {
    if (serviceId === undefined) return;
    session.store.dispatch({ type: 'ChatSelected', serviceId });
    focusComposer();
  };

  // Before the next key, which may be meant for what has just been drawn.
  useLayoutEffect(() => {
    const openDialog = (name: ChatDialogName) => {
      if (chat !== null && partIn(chat, me) === 'participant') setDialog(name);
    };
    const setWhisper = (isWhisper: boolean) => {
      if (open === undefined) return;
      session.store.dispatch({
        type: 'DraftChanged',
        serviceId: open.serviceId,
        draft: { ...open.draft, isWhisper },
      });
      focusComposer();
    };
    const onKey = (event: KeyboardEvent) => {
      if (document.querySelector('dialog[open]') !== null) return;
      const shortcut = shortcutOf(event, isWritingIn(event.target));
      if (shortcut === null) return;
      event.preventDefault();
      const first = ringing ?? offers[0];
      switch (shortcut.type) {
        case 'chat':
          select(order[shortcut.index]);
          break;
        case 'step': {
          const at = selected === null ? -1 : order.indexOf(selected);
          select(order[(at + shortcut.by + order.length) % order.length]);
          break;
        }
        case 'accept':
        case 'reject':
          if (first?.phase === 'offered') {
            void session.answerOffer(first.serviceId, first.token, shortcut.type === 'accept');
          }
          break;
        case 'toggle-ready':
          if (state.presence === 'ready') void session.goNotReady(state.lists.notReadyReasons[0] ?? 'Break');
          else void session.goReady();
          break;
        case 'composer':
          setWhisper(false);
          break;
        case 'whisper':
          setWhisper(true);
          break;
        case 'poke':
          if (chat?.canPoke === true) openDialog('poke');
          break;
        case 'push-url':
        case 'transfer':
        case 'leave':
        case 'end':
          if (chat?.state === 'live') openDialog(shortcut.type);
          break;
        case 'disposition':
          if (chat !== null) setDialog('disposition');
          break;
        case 'customer':
          setPanelOpen(!isPanelOpen);
          break;
        case 'supervision':
          if (isSupervisor(state)) {
            session.store.dispatch({ type: 'ViewChosen', view: state.view === 'chats' ? 'supervision' : 'chats' });
          }
          break;
        case 'mute':
          toggleMute();
          break;
        case 'help':
          setDialog('help');
          break;
      }
    };
    document.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('keydown', onKey);
    };
  });

  const isInChats = state.view === 'chats';
  const shown = state.travel !== null ? 'travel' : !isInChats ? 'supervision' : open === undefined ? 'list' : 'chat';

  return (
    <div class={`desk desk--${shown}`}>
      <TopBar
        profile={state.profile}
        presence={state.presence}
        reason={state.reason}
        since={state.since}
        offsetMs={offsetMs}
        reasons={state.lists.notReadyReasons}
        view={state.view}
        isMuted={isMuted}
        onMute={toggleMute}
        onHelp={() => {
          setDialog('help');
        }}
      />
      <div class="desk__banner" role="status">
        {state.connection === 'offline' && (
          <p class="offline" data-testid="offline">
            No connection. Trying to get it back; what you send meanwhile is tried three times.
          </p>
        )}
      </div>
      <NoticeList notices={state.notices} />
      <nav class="desk__side" aria-label="Chats">
        <OfferList offers={offers} offsetMs={offsetMs} />
        <ChatList
          chats={chats}
          order={order}
          selected={isInChats && state.travel === null ? selected : null}
          me={me}
          offsetMs={offsetMs}
          onSelect={select}
        />
      </nav>
      <main class="desk__main">
        {state.travel !== null ? (
          <TimeTravelView key={state.travel.serviceId} serviceId={state.travel.serviceId} me={me} />
        ) : !isInChats ? (
          <SupervisionView offsetMs={offsetMs} />
        ) : open === undefined ? (
          <p class="empty">
            {order.length === 0
              ? state.presence === 'ready'
                ? 'No chats yet. They ring here when they come.'
                : 'You are not ready: no chats are offered to you.'
              : 'Choose a chat.'}
          </p>
        ) : (
          <ChatView
            key={open.serviceId}
            open={open}
            me={me}
            isSupervisor={isSupervisor(state)}
            offsetMs={offsetMs}
            lists={state.lists}
            commands={state.commands}
            isPanelOpen={isPanelOpen}
            onPanel={() => {
              setPanelOpen(!isPanelOpen);
            }}
            onDialog={setDialog}
          />
        )}
      </main>
      {isInChats && state.travel === null && open !== undefined && isPanelOpen && (
        <CustomerPanel
          key={open.serviceId}
          serviceId={open.serviceId}
          chat={open.chat}
          me={me}
          onClose={() => {
            setPanelOpen(false);
          }}
        />
      )}
      <NewsRegion chats={chats} selected={selected} offers={offers.length} />
      {dialog === 'help' && (
        <HelpDialog
          onClose={() => {
            setDialog(null);
          }}
        />
      )}
      {dialog !== null && dialog !== 'help' && chat !== null && (
        <ChatDialog
          name={dialog}
          chat={chat}
          me={me}
          lists={state.lists}
          onClose={() => {
            setDialog(null);
          }}
          onNext={setDialog}
        />
      )}
    </div>
  );
};
