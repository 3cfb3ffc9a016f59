import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { chatPath } from '../api/agent-api.js';
import type { Chat, EarlierChat, StreamEvent } from '../api/shapes.js';
import { addLines } from '../state/transcript-line.js';
import { counted } from '../text/names.js';
import { moment } from '../text/times.js';
import { DataList } from './data-list.js';
import { useSession } from './desk-context.js';
import { Dialog } from './dialog.js';
import { memo } from './memo.js';
import { TranscriptView } from './transcript-view.js';
import { Name } from './user-text.js';

interface CustomerPanelProps {
  readonly serviceId: string;
  readonly chat: Chat | null;
  readonly me: string;
  readonly onClose: () => void;
}

/** Who the customer is, what his application said of him, and his earlier chats. */
export const CustomerPanel = ({ serviceId, chat, me, onClose }: CustomerPanelProps): VNode => (
  <aside class="panel" aria-label="Customer">
    <header class="panel__head">
      <h2>Customer</h2>
      <button type="button" class="icon-button" aria-label="Close the customer’s data" onClick={onClose}>
        ✕
      </button>
    </header>
    {chat !== null && (
      <div class="panel__body">
        <DataList
          data={[
            ['Name', chat.nickname],
            ['User', chat.user],
            ['Service', `${chat.name} (${chat.kind})`],
            ['Requested', moment(chat.requestedAt)],
            ['Started', chat.startedAt === null ? null : moment(chat.startedAt)],
            ['Ended', chat.endedAt === null ? null : moment(chat.endedAt)],
            ['Outcome', chat.disposition === null ? null : chat.disposition.code],
          ]}
        />
        <DataSection title="Attached to the chat" data={withoutPokeUrl(chat.attachedData)} />
        <DataSection title="From the application" data={chat.businessData} />
        <EarlierChats serviceId={serviceId} me={me} />
      </div>
    )}
  </aside>
);

/** Meant for desktops that poke by themselves; here there is a button. */
const withoutPokeUrl = ({ poke_url: _, ...data }: Chat['attachedData']): Chat['attachedData'] => data;

const DataSection = ({ title, data }: { readonly title: string; readonly data: Chat['attachedData'] }): VNode | null =>
  Object.keys(data).length === 0 ? null : (
    <section>
      <h3>{title}</h3>
      <DataList data={Object.entries(data)} />
    </section>
  );

const EarlierChats = memo(({ serviceId, me }: { readonly serviceId: string; readonly me: string }): VNode => {
  const session = useSession();
  const [chats, setChats] = useState<readonly EarlierChat[] | null>(null);
  const [shown, setShown] = useState<EarlierChat | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    session.api
      .get<{ readonly chats: readonly EarlierChat[] }>(`${chatPath(serviceId)}/history`, abort.signal)
      .then((answer) => {
        setChats(answer.chats);
      })
      .catch((error: unknown) => {
        if (!abort.signal.aborted) session.failed('Earlier chats could not be loaded', error);
      });
    return () => {
      abort.abort();
    };
  }, [serviceId]);
  return (
    <section>
      <h3>Earlier chats</h3>
      {chats?.length === 0 && <p class="muted">None.</p>}
      <ul class="earlier">
        {chats?.map((chat) => (
          <li key={chat.serviceId}>
            <button
              type="button"
              class="earlier__item"
              data-testid="earlier-chat"
              onClick={() => {
                setShown(chat);
              }}
            >
              <span>{moment(chat.startedAt)}</span>
              <span class="muted">
                {chat.name}, {counted(chat.messages, 'message')}
                {chat.disposition === null ? '' : `, ${chat.disposition.code}`}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {shown !== null && (
        <EarlierChatDialog
          chat={shown}
          me={me}
          onClose={() => {
            setShown(null);
          }}
        />
      )}
    </section>
  );
});

interface EarlierChatDialogProps {
  readonly chat: EarlierChat;
  readonly me: string;
  readonly onClose: () => void;
}

const EarlierChatDialog = ({ chat, me, onClose }: EarlierChatDialogProps): VNode => {
  const session = useSession();
  const [events, setEvents] = useState<readonly StreamEvent[] | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    session
      .allEvents(chat.serviceId, false, abort.signal)
      .then(setEvents)
      .catch((error: unknown) => {
        if (!abort.signal.aborted) session.failed('The chat could not be loaded', error);
      });
    return () => {
      abort.abort();
    };
  }, [chat.serviceId]);
  return (
    <Dialog title={`Chat of ${moment(chat.startedAt)}`} isWide onClose={onClose} testId="earlier-dialog">
      <p class="muted">
        <Name name={chat.nickname} />, {chat.name}
        {chat.agents.length > 0 && `, with ${chat.agents.join(', ')}`}
      </p>
      {events === null ? (
        <p>Loading …</p>
      ) : (
        <TranscriptView lines={addLines([], events)} me={me} label="Earlier chat" />
      )}
    </Dialog>
  );
};
