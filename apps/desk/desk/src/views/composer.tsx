import type { VNode } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { CannedResponse } from '../api/shapes.js';
import type { Draft } from '../state/open-chat.js';
import { cannedQuery, findCanned } from '../text/canned.js';
import { useSession } from './desk-context.js';
import { useTypingNotice } from './typing-notice.js';

interface ComposerProps {
  readonly serviceId: string;
  readonly draft: Draft;
  /** False: whispers only. */
  readonly canReply: boolean;
  readonly responses: readonly CannedResponse[];
}

/** As the server takes. */
const TEXT_MAX = 4_096;

export const Composer = ({ serviceId, draft, canReply, responses }: ComposerProps): VNode => {
  const session = useSession();
  const field = useRef<HTMLTextAreaElement>(null);
  const listId = useId();
  const [choice, setChoice] = useState(0);
  const [isDismissed, setDismissed] = useState(false);
  const isWhisper = draft.isWhisper || !canReply;
  const typing = useTypingNotice(serviceId);
  const query = isWhisper || isDismissed ? null : cannedQuery(draft.text);
  const found = query === null ? [] : findCanned(responses, query);
  const chosen = found[Math.min(choice, found.length - 1)];

  const change = (text: string, whisper = draft.isWhisper) => {
    session.store.dispatch({ type: 'DraftChanged', serviceId, draft: { text, isWhisper: whisper } });
  };

  useLayoutEffect(() => {
    // Grows with its text; how far is for the style sheet to say.
    const { current } = field;
    if (current === null) return;
    current.style.setProperty('height', 'auto');
    current.style.setProperty('height', `${current.scrollHeight + 2}px`);
  }, [draft.text]);
  useEffect(() => {
    if (document.activeElement === document.body && matchMedia('(pointer: fine)').matches) field.current?.focus();
  }, []);

  const send = () => {
    const text = draft.text.trim();
    if (text === '' || text.length > TEXT_MAX) return;
    typing.sent();
    session.send({
      serviceId,
      ...(isWhisper
        ? { label: 'Whisper', path: 'whisper', body: { text }, echo: { kind: 'whisper', text } }
        : { label: 'Message', path: 'messages', body: { text }, echo: { kind: 'message', text } }),
    });
    change('');
    field.current?.focus();
  };

  const take = (response: CannedResponse) => {
    change(response.text);
    setChoice(0);
    field.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if (chosen !== undefined) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step !== undefined) setChoice((found.indexOf(chosen) + step + found.length) % found.length);
      else if (event.key === 'Enter' || event.key === 'Tab') take(chosen);
      else if (event.key === 'Escape') setDismissed(true);
      else return;
      event.preventDefault();
      return;
    }
    if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      send();
    }
  };

  return (
    <form
      class={isWhisper ? 'composer composer--whisper' : 'composer'}
      aria-label="Write"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {found.length > 0 && (
        <ul class="canned" id={listId} role="listbox" aria-label="Canned responses" data-testid="canned">
          {found.map((response) => (
            <li
              key={response.shortcut}
              id={`${listId}-${response.shortcut}`}
              role="option"
              aria-selected={response === chosen}
              class={response === chosen ? 'canned__item canned__item--on' : 'canned__item'}
              onPointerDown={(event) => {
                event.preventDefault();
                take(response);
              }}
            >
              <strong>/{response.shortcut}</strong> <span>{response.text}</span>
            </li>
          ))}
        </ul>
      )}
      <div class="composer__modes" role="group" aria-label="Who reads it">
        {canReply && (
          <button
            type="button"
            class={isWhisper ? 'tab' : 'tab tab--on'}
            aria-pressed={!isWhisper}
            title="Alt + C"
            onClick={() => {
              change(draft.text, false);
              field.current?.focus();
            }}
          >
            To the customer
          </button>
        )}
        <button
          type="button"
          class={isWhisper ? 'tab tab--on' : 'tab'}
          aria-pressed={isWhisper}
          data-testid="whisper"
          title="Alt + W"
          onClick={() => {
            change(draft.text, true);
            field.current?.focus();
          }}
        >
          Whisper
        </button>
      </div>
      <div class="composer__row">
        <textarea
          ref={field}
          rows={1}
          dir="auto"
          maxLength={TEXT_MAX}
          value={draft.text}
          aria-label={isWhisper ? 'Whisper to the agents of this chat' : 'Message to the customer'}
          aria-autocomplete="list"
          aria-controls={found.length > 0 ? listId : undefined}
          aria-activedescendant={chosen === undefined ? undefined : `${listId}-${chosen.shortcut}`}
          placeholder={isWhisper ? 'Agents only …' : 'Write; / for canned responses'}
          data-composer
          data-testid="composer"
          onInput={(event) => {
            const { value } = event.currentTarget;
            setChoice(0);
            setDismissed(false);
            change(value);
            if (!isWhisper && !value.startsWith('/')) typing.typed(value !== '');
          }}
          onKeyDown={onKeyDown}
        />
        <button type="submit" class="button button--primary" disabled={draft.text.trim() === ''} data-testid="send">
          {isWhisper ? 'Whisper' : 'Send'}
        </button>
      </div>
    </form>
  );
};
