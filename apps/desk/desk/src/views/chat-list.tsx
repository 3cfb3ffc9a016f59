import type { VNode } from 'preact';
import { partIn, waitingFor } from '../state/chat-fold.js';
import type { OpenChat } from '../state/open-chat.js';
import type { Line } from '../state/transcript-line.js';
import { counted, customerName } from '../text/names.js';
import { clockTime } from '../text/times.js';
import { WaitTimer } from './elapsed.js';
import { memo } from './memo.js';
import { Name } from './user-text.js';

interface ChatListProps {
  readonly chats: Readonly<Record<string, OpenChat>>;
  readonly order: readonly string[];
  readonly selected: string | null;
  readonly me: string;
  readonly offsetMs: number;
  readonly onSelect: (serviceId: string) => void;
}

export const ChatList = ({ chats, order, selected, me, offsetMs, onSelect }: ChatListProps): VNode => (
  <ul class="chat-list">
    {order.map((id, index) => {
      const open = chats[id];
      return (
        open !== undefined && (
          <ChatItem
            key={id}
            chat={open.chat}
            last={lastSpoken(open.lines)}
            unread={open.unread}
            serviceId={id}
            index={index}
            isSelected={id === selected}
            me={me}
            offsetMs={offsetMs}
            onSelect={onSelect}
          />
        )
      );
    })}
  </ul>
);

/** The last thing said; looks back no further than a few lines. */
const lastSpoken = (lines: readonly Line[]): Line | undefined => {
  for (let index = lines.length - 1; index >= Math.max(0, lines.length - 20); index -= 1) {
    const line = lines[index];
    if (line !== undefined && line.kind !== 'system') return line;
  }
  return undefined;
};

const PREVIEW_LENGTH = 80;

interface ChatItemProps extends Omit<ChatListProps, 'chats' | 'order' | 'selected'> {
  readonly serviceId: string;
  readonly chat: OpenChat['chat'];
  readonly last: Line | undefined;
  readonly unread: number;
  readonly index: number;
  readonly isSelected: boolean;
}

const statusOf = (chat: OpenChat['chat'], me: string): string | null => {
  if (chat === null) return 'Loading …';
  if (chat.state === 'ended' || chat.state === 'gone') return chat.disposition === null ? 'Ended: outcome?' : 'Ended';
  const part = partIn(chat, me);
  if (part === 'monitor') return 'Reading along';
  if (part === 'reader') return 'You left';
  return chat.isCustomerAway ? 'Customer away' : null;
};

const ChatItem = memo(
  ({ serviceId, chat, last, unread, index, isSelected, me, offsetMs, onSelect }: ChatItemProps): VNode => {
    const status = statusOf(chat, me);
    const waitingSince = waitingFor(chat, me);
    const isTyping = chat?.typing.includes('customer') === true;
    return (
      <li>
        <button
          type="button"
          class={isSelected ? 'chat-item chat-item--on' : 'chat-item'}
          aria-current={isSelected ? 'true' : undefined}
          data-testid="chat-item"
          data-service-id={serviceId}
          title={index < 9 ? `Alt + ${index + 1}` : undefined}
          onClick={() => {
            onSelect(serviceId);
          }}
        >
          <span class="chat-item__row">
            <strong class="chat-item__name">
              <Name name={customerName(chat)} />
            </strong>
            {unread > 0 && (
              <span class="badge" data-testid="unread">
                {unread}
                <span class="sr-only"> {counted(unread, 'new message').replace(/^\d+ /, '')}</span>
              </span>
            )}
            {waitingSince !== null ? (
              <WaitTimer since={waitingSince} offsetMs={offsetMs} />
            ) : (
              last !== undefined && <span class="muted">{clockTime(last.at)}</span>
            )}
          </span>
          <span class="chat-item__row">
            <span class="chat-item__text">
              {isTyping ? 'is typing …' : last?.kind !== 'system' && <bdi>{last?.text.slice(0, PREVIEW_LENGTH)}</bdi>}
            </span>
            {status !== null && <span class="tag">{status}</span>}
          </span>
        </button>
      </li>
    );
  },
);
