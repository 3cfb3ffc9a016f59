import type { ChatState, TranscriptEvent } from '@app/domain';

/** The text that a transcript line shows for each kind of event. */
const JOINED = 'has joined the session';
const LEFT = 'has left the session';
const TYPING_STARTED = 'is typing';
const TYPING_STOPPED = 'stopped typing';

const typeAndText = (event: TranscriptEvent): readonly [type: string, text: string] => {
  switch (event.type) {
    case 'ParticipantJoined':
      return ['Notice.Joined', JOINED];
    case 'ParticipantLeft':
      return ['Notice.Left', LEFT];
    case 'MessageSent':
    case 'IdleAlerted':
      return ['Message.Text', event.text];
    case 'TypingStarted':
      return ['Notice.TypingStarted', TYPING_STARTED];
    case 'TypingStopped':
      return ['Notice.TypingStopped', TYPING_STOPPED];
    case 'UrlPushed':
      return ['Notice.PushUrl', event.url];
    case 'NoticeSent':
      return ['Notice.Custom', event.text];
  }
};

/**
 * One event of `transcriptToShow` as JSON text: an array of exactly five strings (type, nickname, text, whole seconds
 * since the start of the chat, party).
 */
export const transcriptLine = (event: TranscriptEvent, atMs: number, chat: Pick<ChatState, 'startedAtMs'>): string => {
  const [type, text] = typeAndText(event);
  const seconds = Math.max(0, Math.floor((atMs - chat.startedAtMs) / 1000));
  // One call gives one flat text; pieces put together would each be kept for as long as the line is.
  return JSON.stringify([type, event.nickname, text, String(seconds), event.party]);
};
