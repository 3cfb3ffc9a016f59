import type { VNode } from 'preact';
import type { OpenChat } from '../state/open-chat.js';
import { customerName } from '../text/names.js';

interface NewsProps {
  readonly chats: Readonly<Record<string, OpenChat>>;
  readonly selected: string | null;
  readonly offers: number;
}

/** Says what happens where nobody looks, for those who hear the page. */
export const NewsRegion = ({ chats, selected, offers }: NewsProps): VNode => {
  const waiting = Object.values(chats).filter(({ serviceId, unread }) => unread > 0 && serviceId !== selected);
  const names = waiting.map(({ chat }) => customerName(chat)).join(', ');
  return (
    <p class="sr-only" role="status">
      {offers > 0 ? 'A chat is offered. ' : ''}
      {names === '' ? '' : `New messages from ${names}.`}
    </p>
  );
};
