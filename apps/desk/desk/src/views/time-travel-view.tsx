import type { VNode } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { chatPath } from '../api/agent-api.js';
import type { Chat, StreamEvent } from '../api/shapes.js';
import { addLines } from '../state/transcript-line.js';
import { customerName } from '../text/names.js';
import { moment } from '../text/times.js';
import { DataList } from './data-list.js';
import { useSession } from './desk-context.js';
import { TranscriptView } from './transcript-view.js';
import { Name } from './user-text.js';

interface TimeTravelProps {
  readonly serviceId: string;
  readonly me: string;
}

/** A slider that is dragged passes many places that nobody looks at, in milliseconds. */
const SETTLE_MS = 120;

/** A chat as it was after any of its events: what the event store keeps is the chat itself. */
export const TimeTravelView = ({ serviceId, me }: TimeTravelProps): VNode => {
  const session = useSession();
  const [events, setEvents] = useState<readonly StreamEvent[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [index, setIndex] = useState(0);

  useEffect(() => {
    const abort = new AbortController();
    session
      .allEvents(serviceId, true, abort.signal)
      .then((all) => {
        setEvents(all);
        setIndex(Math.max(0, all.length - 1));
      })
      .catch((error: unknown) => {
        if (abort.signal.aborted || session.expired(error)) return;
        setProblem(error instanceof Error ? error.message : String(error));
      });
    return () => {
      abort.abort();
    };
  }, [serviceId]);

  const at = events?.[index];
  const lines = useMemo(() => addLines([], events?.slice(0, index + 1) ?? []), [events, index]);
  const chat = useChatAt(serviceId, at?.id);

  return (
    <section class="travel" aria-label="History of a chat">
      <header class="chat__head">
        <button
          type="button"
          class="icon-button"
          aria-label="Back"
          data-testid="travel-back"
          onClick={() => {
            session.store.dispatch({ type: 'TimeTravelled', travel: null });
          }}
        >
          ←
        </button>
        <div class="chat__title">
          <h2>
            History: <Name name={customerName(chat)} />
          </h2>
          <p class="muted">
            <bdi>{serviceId}</bdi>
          </p>
        </div>
      </header>
      {problem !== null && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {events === null && problem === null && <p class="empty">Loading …</p>}
      {events !== null && at !== undefined && (
        <>
          <Timeline events={events} index={index} at={at} onMove={setIndex} />
          <div class="travel__body">
            <TranscriptView lines={lines} me={me} label="Transcript as it was" />
            <div class="travel__state" role="region" aria-label="State as it was" tabIndex={0}>
              <h3>Event</h3>
              <EventView event={at} />
              <h3>State after it</h3>
              {chat === null ? <p class="muted">Nothing yet.</p> : <StateView chat={chat} />}
            </div>
          </div>
        </>
      )}
    </section>
  );
};

interface TimelineProps {
  readonly events: readonly StreamEvent[];
  readonly index: number;
  readonly at: StreamEvent;
  readonly onMove: (index: number) => void;
}

const Timeline = ({ events, index, at, onMove }: TimelineProps): VNode => {
  const last = events.length - 1;
  const step = (by: number, label: string, sign: string) => (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      disabled={index + by < 0 || index + by > last}
      onClick={() => {
        onMove(index + by);
      }}
    >
      {sign}
    </button>
  );
  return (
    <div class="timeline">
      {step(-1, 'One event back', '‹')}
      <input
        type="range"
        min={0}
        max={last}
        step={1}
        value={index}
        autofocus
        aria-label="Event"
        aria-valuetext={`${at.type}, ${index + 1} of ${events.length}`}
        data-testid="timeline"
        onInput={(event) => {
          onMove(Number(event.currentTarget.value));
        }}
      />
      {step(1, 'One event on', '›')}
      <output class="timeline__at" data-testid="timeline-at">
        {index + 1} of {events.length}, <code>{at.id}</code>
      </output>
    </div>
  );
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const EventView = ({ event }: { readonly event: StreamEvent }): VNode => {
  const { type, at, id, ...fields } = event;
  return (
    <DataList
      data={[
        ['type', type],
        ['id', id],
        ['at', at],
        ...Object.entries(fields).map(([key, value]): readonly [string, string] => [key, textOf(value)]),
      ]}
    />
  );
};

const StateView = ({ chat }: { readonly chat: Chat }): VNode => {
  const names = (people: Chat['participants']): string => people.map(({ nickname }) => nickname).join(', ');
  return (
    <DataList
      data={[
        ['state', chat.state],
        ['agents', names(chat.participants)],
        ['reading along', names(chat.monitors)],
        ['typing', chat.typing.join(', ')],
        ['routing', chat.routing === null ? null : Object.values(chat.routing).join(', ')],
        ['customer waits since', chat.waitingSince === null ? null : moment(chat.waitingSince)],
        ['customer away', chat.isCustomerAway ? 'yes' : null],
        ['can be poked', chat.canPoke ? 'yes' : 'no'],
        ['ended', chat.endReason],
        ['outcome', chat.disposition === null ? null : chat.disposition.code],
        ['position', String(chat.position)],
        ...Object.entries(chat.attachedData),
        ...Object.entries(chat.businessData),
      ]}
    />
  );
};

/** The state after an event, as the server folds it. */
const useChatAt = (serviceId: string, at: string | undefined): Chat | null => {
  const session = useSession();
  const [chat, setChat] = useState<Chat | null>(null);
  useEffect(() => {
    if (at === undefined) return undefined;
    const abort = new AbortController();
    const timer = window.setTimeout(() => {
      session.api
        .get<Chat>(`${chatPath(serviceId)}?at=${at}`, abort.signal)
        .then(setChat)
        .catch((error: unknown) => {
          if (abort.signal.aborted || session.expired(error)) return;
          setChat(null);
        });
    }, SETTLE_MS);
    return () => {
      window.clearTimeout(timer);
      abort.abort();
    };
  }, [serviceId, at]);
  return chat;
};
