import { useEffect, useRef, useState } from 'preact/hooks';
import { isWebPage, type Line, type Transcript, typingIn } from './transcript.js';

export interface ChatViewProps {
  readonly transcript: Transcript;
  readonly isStarted: boolean;
  readonly isOver: boolean;
  readonly isAway: boolean;
  /** Whether there is a background to go to. */
  readonly canLeave: boolean;
  /** Where the service shows its dialog; undefined where it has none. */
  readonly dialogUrl: string | undefined;
  /** Resolves with whether the server has taken the text. */
  readonly onSend: (text: string) => Promise<boolean>;
  readonly onTyping: (isTyping: boolean) => void;
  readonly onEnd: () => void;
  readonly onBackground: () => void;
  readonly onAgain: () => void;
}

/** Nobody types who has not for so long, in milliseconds. */
const TYPING_ENDS_MS = 5_000;
/** As long as the server takes, in characters. */
const LENGTH_MAX = 4_096;
/** How far from its end a conversation may be scrolled and still follow what comes, in pixels. */
const NEAR_END_PX = 80;

const SHOWN = new Set(['Message.Text', 'Notice.Joined', 'Notice.Left', 'Notice.PushUrl', 'Notice.Custom']);

const timeOf = ({ seconds }: Line, { startedAtMs }: Transcript): string =>
  startedAtMs === null
    ? ''
    : new Date(startedAtMs + seconds * 1_000).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });

const LineView = ({ line, transcript }: { readonly line: Line; readonly transcript: Transcript }) => {
  const { type, nickname, text, party } = line;
  if (type === 'Notice.Joined' || type === 'Notice.Left') {
    return (
      <li class="notice">
        <bdi>{nickname}</bdi> {text}
      </li>
    );
  }
  return (
    <li class={party === 'CLIENT' ? 'bubble bubble--own' : 'bubble'}>
      <p class="bubble__who">
        <bdi>{nickname}</bdi> <time>{timeOf(line, transcript)}</time>
      </p>
      <p class="bubble__text">
        {type === 'Notice.PushUrl' && isWebPage(text) ? (
          <a href={text} target="_blank" rel="noopener noreferrer nofollow">
            {text}
          </a>
        ) : (
          <bdi>{text}</bdi>
        )}
      </p>
    </li>
  );
};

/** A text that is on its way. */
interface Pending {
  readonly key: number;
  readonly text: string;
}

let pendingKeys = 0;

/** The chat as a customer sees it. */
export const ChatView = (props: ChatViewProps) => {
  const { transcript, isStarted, isOver, isAway, canLeave, dialogUrl } = props;
  const { onSend, onTyping, onEnd, onBackground, onAgain } = props;
  const [text, setText] = useState('');
  const [pending, setPending] = useState<readonly Pending[]>([]);
  const list = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const composer = useRef<HTMLTextAreaElement>(null);
  const again = useRef<HTMLButtonElement>(null);
  const typing = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const lines = transcript.lines.filter(({ type }) => SHOWN.has(type));
  const who = typingIn(transcript);
  const canTalk = isStarted && !isOver && !isAway;

  useEffect(() => {
    if (follows.current) list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [lines.length, who.length, pending.length]);

  // What had the focus may be gone or disabled now: a keyboard must not be sent back to the top of the page.
  useEffect(() => {
    const lost: readonly (Element | null)[] = [null, document.body, list.current];
    if (!lost.includes(document.activeElement)) return;
    if (canTalk) composer.current?.focus();
    else if (isOver) again.current?.focus();
    else list.current?.focus();
  }, [canTalk, isOver]);

  useEffect(
    () => () => {
      clearTimeout(typing.current);
    },
    [],
  );

  const stopTyping = (tells: boolean): void => {
    if (typing.current === undefined) return;
    clearTimeout(typing.current);
    typing.current = undefined;
    if (tells && canTalk) onTyping(false);
  };
  const change = (next: string): void => {
    setText(next);
    if (next === '') {
      stopTyping(true);
      return;
    }
    if (typing.current === undefined) onTyping(true);
    clearTimeout(typing.current);
    typing.current = setTimeout(() => {
      stopTyping(true);
    }, TYPING_ENDS_MS);
  };
  const send = (event: Event): void => {
    event.preventDefault();
    if (!canTalk || text.trim() === '') return;
    // A message says of itself that nobody types any more.
    stopTyping(false);
    pendingKeys += 1;
    const sent: Pending = { key: pendingKeys, text };
    follows.current = true;
    setPending((before) => [...before, sent]);
    setText('');
    composer.current?.focus();
    void onSend(text).then((isTaken) => {
      setPending((before) => before.filter(({ key }) => key !== sent.key));
      // What the server would not have is the customer's to change, unless there is another text already.
      if (!isTaken) setText((now) => (now === '' ? sent.text : now));
    });
  };

  return (
    <div class="chat">
      <div
        ref={list}
        class="chat__scroll"
        role="log"
        aria-label="Conversation"
        tabIndex={0}
        onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
          follows.current = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
        }}
      >
        <ol class="chat__lines" data-testid="transcript">
          {lines.map((line) => (
            <LineView key={line.position} line={line} transcript={transcript} />
          ))}
          {who.map((nickname) => (
            <li key={nickname} class="notice">
              <bdi>{nickname}</bdi> is typing …
            </li>
          ))}
        </ol>
        {pending.length > 0 && (
          <ol class="chat__lines chat__lines--pending" data-testid="pending" aria-label="Being sent">
            {pending.map(({ key, text: onItsWay }) => (
              <li key={key} class="bubble bubble--pending">
                <p class="bubble__who">sending …</p>
                <p class="bubble__text">
                  <bdi>{onItsWay}</bdi>
                </p>
              </li>
            ))}
          </ol>
        )}
      </div>
      <form class="composer" onSubmit={send}>
        <label class="sr-only" for="composer">
          Message
        </label>
        <textarea
          ref={composer}
          id="composer"
          data-testid="composer"
          dir="auto"
          rows={2}
          maxLength={LENGTH_MAX}
          placeholder="Write a message"
          value={text}
          disabled={!canTalk}
          onInput={(event) => {
            change(event.currentTarget.value);
          }}
          onKeyDown={(event) => {
            // While an input method composes, Enter takes what it offers.
            if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) send(event);
          }}
        />
        <button type="submit" class="main" data-testid="send" disabled={!canTalk || text.trim() === ''}>
          Send
        </button>
      </form>
      <div class="chat__more">
        {isOver ? (
          <button ref={again} type="button" data-testid="again" onClick={onAgain}>
            Another chat
          </button>
        ) : (
          <>
            {canLeave && (
              <button
                type="button"
                data-testid="background"
                aria-pressed={isAway}
                disabled={!isStarted}
                onClick={onBackground}
              >
                {isAway ? 'Come back' : 'Go to the background'}
              </button>
            )}
            <button type="button" data-testid="end" onClick={isStarted ? onEnd : onAgain}>
              {isStarted ? 'End the chat' : 'Cancel'}
            </button>
          </>
        )}
        {dialogUrl !== undefined && (!isStarted || isOver) && (
          <a class="dialog" href={dialogUrl} target="_blank" rel="noopener noreferrer" data-testid="dialog">
            See the dialog of the service
          </a>
        )}
      </div>
    </div>
  );
};
