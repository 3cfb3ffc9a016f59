import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { chatPath } from '../api/agent-api.js';
import type { Chat, Offer } from '../api/shapes.js';
import { customerName } from '../text/names.js';
import { useSession } from './desk-context.js';
import { CountDown } from './elapsed.js';
import { memo } from './memo.js';
import { Name } from './user-text.js';

interface OfferListProps {
  readonly offers: readonly Offer[];
  readonly offsetMs: number;
}

export const OfferList = memo(({ offers, offsetMs }: OfferListProps): VNode => (
  <div class="offers">
    {offers.map((offer) => (
      <OfferCard key={offer.token} offer={offer} offsetMs={offsetMs} />
    ))}
  </div>
));

/** Who asks; null until it is known. */
const useOffered = (serviceId: string): Chat | null => {
  const { api } = useSession();
  const [chat, setChat] = useState<Chat | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    api.get<Chat>(chatPath(serviceId), abort.signal).then(setChat, () => undefined);
    return () => {
      abort.abort();
    };
  }, [serviceId]);
  return chat;
};

/** What a customer says he comes with; the first few lines are enough to decide. */
const Summary = ({ chat }: { readonly chat: Chat }): VNode => (
  <dl class="data">
    {Object.entries({ ...chat.businessData, ...chat.attachedData })
      .slice(0, 3)
      .map(([key, value]) => (
        <div key={key}>
          <dt>
            <bdi>{key}</bdi>
          </dt>
          <dd>
            <bdi>{value}</bdi>
          </dd>
        </div>
      ))}
  </dl>
);

const OfferCard = ({ offer, offsetMs }: { readonly offer: Offer; readonly offsetMs: number }): VNode => {
  const session = useSession();
  const chat = useOffered(offer.serviceId);
  const accept = useRef<HTMLButtonElement>(null);
  const isRinging = offer.phase === 'offered';

  useEffect(() => {
    // Enter takes the chat, unless the agent is in the middle of something else.
    const { activeElement } = document;
    const isBusy =
      activeElement !== null &&
      activeElement.closest('input, textarea, select, dialog, [role=menu], [role=log]') !== null;
    if (isRinging && !isBusy) accept.current?.focus();
  }, [isRinging]);

  const answer = (isAccepted: boolean) => {
    void session.answerOffer(offer.serviceId, offer.token, isAccepted);
  };
  return (
    <section
      class={isRinging ? 'offer offer--ringing' : 'offer'}
      aria-label="Chat offered"
      data-testid={isRinging ? 'offer' : 'reservation'}
    >
      <p class="offer__head">
        <strong>
          {isRinging ? 'New chat' : 'Customer connecting …'} {chat !== null && <Name name={customerName(chat)} />}
        </strong>
        <CountDown until={offer.until} offsetMs={offsetMs} />
      </p>
      {chat !== null && <p class="muted">{chat.name}</p>}
      {chat !== null && <Summary chat={chat} />}
      {isRinging && (
        <div class="offer__buttons">
          <button
            ref={accept}
            type="button"
            class="button button--primary"
            data-testid="accept"
            title="Alt + A"
            onClick={() => {
              answer(true);
            }}
          >
            Accept
          </button>
          <button
            type="button"
            class="button"
            data-testid="reject"
            title="Alt + X"
            onClick={() => {
              answer(false);
            }}
          >
            Decline
          </button>
        </div>
      )}
    </section>
  );
};
