/** A piece of a text: plain, or the address of a page. */
export interface TextPiece {
  readonly text: string;
  /** Undefined: plain text. */
  readonly href?: string;
}

const URL_LIKE = /\bhttps?:\/\/[^\s<>"'`\p{Cc}\p{Bidi_Control}]+/giu;
/** What follows an address in a sentence rather than being a part of it. */
const TRAILING = /[.,;:!?)\]}'»”’]+$/u;

const withBracket = (url: string): string => {
  // A bracket that the address opened itself belongs to it, as in Wikipedia's.
  const tail = TRAILING.exec(url)?.[0] ?? '';
  const bare = tail === '' ? url : url.slice(0, -tail.length);
  const isOpen = (bare.match(/\(/g)?.length ?? 0) > (bare.match(/\)/g)?.length ?? 0);
  return isOpen && tail.startsWith(')') ? `${bare})` : bare;
};

/** The address when a text is one of the web and nothing else. */
export const webUrl = (text: string): string | undefined => {
  if (!URL.canParse(text)) return undefined;
  const { protocol, href } = new URL(text);
  return protocol === 'http:' || protocol === 'https:' ? href : undefined;
};

/** Finds the web addresses in a text; no other scheme becomes a link. */
export const linkPieces = (text: string): readonly TextPiece[] => {
  const pieces: TextPiece[] = [];
  let end = 0;
  for (const match of text.matchAll(URL_LIKE)) {
    const shown = withBracket(match[0]);
    const href = webUrl(shown);
    if (href === undefined) continue;
    if (match.index > end) pieces.push({ text: text.slice(end, match.index) });
    pieces.push({ text: shown, href });
    end = match.index + shown.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end) });
  return pieces;
};
