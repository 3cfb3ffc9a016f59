import type { VNode } from 'preact';
import { duration, waitLevel } from '../text/times.js';
import { useNow } from './now.js';

interface ElapsedProps {
  readonly since: string;
  readonly offsetMs: number;
}

/** How long ago something was, counting. @param offsetMs - server time less local time */
export const Elapsed = ({ since, offsetMs }: ElapsedProps): VNode => (
  <span class="elapsed">{duration(useNow() + offsetMs - Date.parse(since))}</span>
);

const MARKS = { long: '!', 'too-long': '!!' } as const;
const WORDS = { short: '', long: ' (long)', 'too-long': ' (too long)' } as const;

/** How long a customer has been waiting for an answer; more urgent the longer, in colour and in signs. */
export const WaitTimer = ({ since, offsetMs }: ElapsedProps): VNode => {
  const waitedMs = useNow() + offsetMs - Date.parse(since);
  const level = waitLevel(waitedMs);
  return (
    <span class={`wait wait--${level}`} title={`Waiting for an answer${WORDS[level]}`}>
      <span class="sr-only">waiting{WORDS[level]} </span>
      {level !== 'short' && <span aria-hidden="true">{MARKS[level]}</span>}
      {duration(waitedMs)}
    </span>
  );
};

/** How long is left. */
export const CountDown = ({ until, offsetMs }: { readonly until: string; readonly offsetMs: number }): VNode => {
  const leftMs = Date.parse(until) - useNow() - offsetMs;
  return <span class={leftMs < 5_000 ? 'count-down count-down--soon' : 'count-down'}>{duration(leftMs + 999)}</span>;
};
