import type { VNode } from 'preact';
import { linkPieces, webUrl } from '../text/links.js';

/** What people wrote: text whatever it holds, kept apart from the direction of what stands around it. */
export const UserText = ({ text }: { readonly text: string }): VNode => (
  <bdi class="user-text">
    {linkPieces(text).map((piece) =>
      piece.href === undefined ? piece.text : <WebLink href={piece.href} text={piece.text} />,
    )}
  </bdi>
);

/** An address that may be opened, in a window that knows nothing of this one. */
export const WebLink = ({ href, text = href }: { readonly href: string; readonly text?: string }): VNode => {
  const safe = webUrl(href);
  return safe === undefined ? (
    <bdi>{text}</bdi>
  ) : (
    <a href={safe} target="_blank" rel="noopener noreferrer nofollow">
      {text}
    </a>
  );
};

/** A name that somebody gave himself. */
export const Name = ({ name }: { readonly name: string }): VNode => <bdi class="name">{name}</bdi>;
