import { useState } from 'preact/hooks';
import type { Exchange } from './exchange.js';

const clock = (atMs: number): string => new Date(atMs).toLocaleTimeString([], { hour12: false });

/** The clipboard is there on https and on localhost only. */
const copy = async (text: string): Promise<string> => {
  try {
    await navigator.clipboard.writeText(text);
    return 'Copied';
  } catch {
    return 'The browser does not allow copying here';
  }
};

const CopyButton = ({ text }: { readonly text: string }) => {
  const [outcome, setOutcome] = useState('');
  return (
    <p class="copy">
      <button
        type="button"
        onClick={() => {
          void copy(text).then(setOutcome);
        }}
      >
        Copy as curl
      </button>
      <span role="status">{outcome}</span>
    </p>
  );
};

const headersOf = (headers: Exchange['headers']): string =>
  Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');

/** What stands in an opened entry; most are never opened. */
const Details = ({ exchange }: { readonly exchange: Exchange }) => {
  const { kind, headers, sent, came, curl } = exchange;
  const head = headersOf(headers);
  const blocks: readonly (readonly [title: string, text: string])[] = [
    ['Headers', head],
    ['Sent', sent],
    [kind === 'push' ? 'Pushed' : 'Answered', came === '' ? '(no body)' : came],
  ];
  return (
    <>
      {blocks.map(
        ([title, text]) =>
          text !== '' && (
            <div key={title}>
              <h3>{title}</h3>
              <pre tabIndex={0}>{text}</pre>
            </div>
          ),
      )}
      {curl !== '' && <CopyButton text={curl} />}
    </>
  );
};

const Entry = ({ exchange }: { readonly exchange: Exchange }) => {
  const [isOpen, setOpen] = useState(false);
  const { kind, title, status, tookMs, atMs } = exchange;
  const isBad = kind === 'request' && status !== 'ok' && !status.startsWith('2');
  return (
    <li class="exchange">
      <details
        onToggle={({ currentTarget }) => {
          setOpen(currentTarget.open);
        }}
      >
        <summary>
          <span class={kind === 'push' ? 'tag tag--push' : isBad ? 'tag tag--bad' : 'tag'}>
            {kind === 'push' ? 'push' : status}
          </span>
          <span class="exchange__title">{title}</span>
          <span class="exchange__time">
            {clock(atMs)}
            {kind === 'request' ? ` · ${tookMs} ms` : ''}
          </span>
        </summary>
        {isOpen && <Details exchange={exchange} />}
      </details>
    </li>
  );
};

/** What goes over the line, newest first. */
export const Inspector = ({ exchanges }: { readonly exchanges: readonly Exchange[] }) => (
  <section class="inspector" aria-labelledby="line" data-testid="inspector">
    <h2 id="line">On the line</h2>
    <p class="muted">
      Everything that this page does is here: the v1 API, as any application speaks it.{' '}
      {exchanges.length === 0 && 'Nothing yet.'}
    </p>
    <ol class="inspector__list">
      {exchanges.map((exchange) => (
        <Entry key={exchange.id} exchange={exchange} />
      ))}
    </ol>
  </section>
);
