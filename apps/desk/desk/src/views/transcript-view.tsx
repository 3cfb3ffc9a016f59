import type { ComponentChildren, VNode } from 'preact';
import { Fragment } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Command } from '../state/outbox.js';
import type { Line, SpokenLine } from '../state/transcript-line.js';
import { clockTime, dayKey, dayName, moment } from '../text/times.js';
import { memo } from './memo.js';
import { CommandButtons } from './pending-commands.js';
import { Name, UserText, WebLink } from './user-text.js';

interface TranscriptProps {
  readonly lines: readonly Line[];
  readonly me: string;
  readonly pending?: readonly Command[];
  /** Names of those who type. */
  readonly typing?: readonly string[];
  readonly label?: string;
}

/** Lines drawn at once; earlier ones on demand. */
const SHOWN = 200;
/** Nearer to the end than this, in pixels, the view follows it. */
const NEAR_END = 80;
/** Lines of one speaker within this time stand together, in milliseconds. */
const TOGETHER_MS = 120_000;

const NOBODY: readonly string[] = [];
const NOTHING: readonly Command[] = [];

const isTogether = (line: Line, before: Line | undefined): boolean =>
  before !== undefined &&
  line.kind !== 'system' &&
  before.kind === line.kind &&
  before.participantId === line.participantId &&
  Date.parse(line.at) - Date.parse(before.at) < TOGETHER_MS;

export const TranscriptView = memo(
  ({ lines, me, pending = NOTHING, typing = NOBODY, label = 'Transcript' }: TranscriptProps): VNode => {
    const box = useRef<HTMLDivElement>(null);
    const isAtEnd = useRef(true);
    const [more, setMore] = useState(0);
    const from = Math.max(0, lines.length - SHOWN - more);
    const shown = lines.slice(from);

    useLayoutEffect(() => {
      const { current } = box;
      if (current !== null && isAtEnd.current) current.scrollTop = current.scrollHeight;
    }, [lines, pending, typing]);

    return (
      <div
        ref={box}
        class="transcript"
        role="log"
        aria-label={label}
        tabIndex={0}
        data-testid="transcript"
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END;
        }}
      >
        {from > 0 && (
          <button
            type="button"
            class="button button--small transcript__earlier"
            data-testid="earlier"
            onClick={() => {
              setMore(more + SHOWN);
            }}
          >
            Earlier … ({from})
          </button>
        )}
        {shown.map((line, index) => {
          const before = index === 0 ? undefined : shown[index - 1];
          const isNewDay = before === undefined || dayKey(before.at) !== dayKey(line.at);
          return (
            <Fragment key={line.id}>
              {isNewDay && <p class="day">{dayName(line.at, Date.now())}</p>}
              <LineView line={line} me={me} isTogether={!isNewDay && isTogether(line, before)} />
            </Fragment>
          );
        })}
        {pending.map((command) => (
          <PendingLine key={command.key} command={command} />
        ))}
        {typing.length > 0 && (
          <p class="typing" aria-live="off">
            {typing.map((name, index) => (
              <Fragment key={name}>
                {index > 0 && ', '}
                <Name name={name} />
              </Fragment>
            ))}{' '}
            {typing.length === 1 ? 'is' : 'are'} typing …
          </p>
        )}
      </div>
    );
  },
);

interface LineProps {
  readonly line: Line;
  readonly me: string;
  readonly isTogether: boolean;
}

const LineView = memo(({ line, me, isTogether: isSameSpeaker }: LineProps): VNode => {
  if (line.kind === 'system') {
    return (
      <p class={line.isWarning ? 'system system--warn' : 'system'}>
        {line.isWarning && <span aria-hidden="true">⚠ </span>}
        {line.who !== '' && <Name name={line.who} />} <bdi>{line.what}</bdi> <Time at={line.at} />
      </p>
    );
  }
  return (
    <Bubble kind={kindOf(line, me)} isTogether={isSameSpeaker}>
      {!isSameSpeaker && (
        <p class="line__head">
          <Name name={line.nickname} />
          {line.kind === 'whisper' && <span class="tag">Whisper: agents only</span>}
          {line.kind === 'notice' && <span class="tag">Notice</span>}
          <Time at={line.at} />
        </p>
      )}
      {line.kind === 'url' ? (
        <p class="line__text">
          Pushed: <WebLink href={line.text} />
        </p>
      ) : (
        <p class="line__text">
          <UserText text={line.text} />
        </p>
      )}
    </Bubble>
  );
});

const kindOf = (line: SpokenLine, me: string): string => {
  if (line.kind === 'whisper') return 'whisper';
  if (line.kind === 'notice') return 'notice';
  if (line.participantId === me) return 'mine';
  return line.party === 'CLIENT' ? 'customer' : 'colleague';
};

interface BubbleProps {
  readonly kind: string;
  readonly isTogether?: boolean;
  readonly children: ComponentChildren;
}

const Bubble = ({ kind, isTogether: isSameSpeaker = false, children }: BubbleProps): VNode => (
  <div class={`line line--${kind}${isSameSpeaker ? ' line--together' : ''}`} data-kind={kind}>
    {children}
  </div>
);

const Time = ({ at }: { readonly at: string }): VNode => (
  <time dateTime={at} title={moment(at)}>
    {clockTime(at)}
  </time>
);

/** What the server has not confirmed yet. */
const PendingLine = ({ command }: { readonly command: Command }): VNode => {
  const { echo, state, problem } = command;
  const isFailed = state === 'failed';
  return (
    <div class={`line line--${echo?.kind === 'whisper' ? 'whisper' : 'mine'} line--pending`} data-testid="pending">
      <p class="line__text">
        <UserText text={echo?.text ?? ''} />
      </p>
      <p class={isFailed ? 'line__state line__state--failed' : 'line__state'}>
        {isFailed ? (
          <>
            <span>⚠ Not sent: {problem}</span> <CommandButtons command={command} />
          </>
        ) : (
          'Sending …'
        )}
      </p>
    </div>
  );
};
