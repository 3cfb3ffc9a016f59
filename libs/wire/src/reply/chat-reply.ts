import type { ChatState } from '@app/domain';

const AVAILABLE = 'Chat service is available';
const FINISHED = 'Chat was finished';
/** The channel of all pushed messages. */
export const COMET_CHANNEL = '/_genesys';

/** What all chat replies of one request share. */
export interface ReplyFrame {
  readonly serviceId: string;
  readonly chat: ChatState;
  /** `transcriptPosition` of this reply. */
  readonly position: number;
  /** Applications that send JSON parse a number; all others a string. */
  readonly positionAs: 'string' | 'number';
  /** The fields of `verboseFields`, or ''. */
  readonly verbose: string;
}

/** `YYYY-MM-DDTHH:MM:SSZ`. */
const utcSeconds = (atMs: number): string => `${new Date(atMs).toISOString().slice(0, 19)}Z`;

const positionJson = ({ position, positionAs }: ReplyFrame): string =>
  positionAs === 'number' ? String(position) : `"${position}"`;

/** In CometD mode every reply also says where the messages come. */
const cometFields = ({ serviceId, chat }: ReplyFrame): string =>
  chat.notifyBy === 'comet'
    ? `,"_id":"${serviceId}","comet_channel":"${COMET_CHANNEL}","message":"Messages will sent over CometD service channel ${COMET_CHANNEL}"` // "will sent": sic
    : '';

const head = (frame: ReplyFrame, state: string, message: string): string =>
  `{"chatIxnState":"${state}","chatSessionId":"${frame.chat.sessionId}","transcriptPosition":${positionJson(frame)},"chatServiceMessage":"${message}"`;

/** The reply to `ixn/chat` on a live chat. */
export const connectedReply = (frame: ReplyFrame): string =>
  `${head(frame, 'CONNECTED', AVAILABLE)}${cometFields(frame)}${frame.verbose}}`;

/**
 * The reply to refresh, send and typing on a live chat.
 * @param lines - transcript lines, JSON each; none in CometD mode
 */
export const transcriptReply = (frame: ReplyFrame, lines: readonly string[]): string =>
  `${head(frame, 'TRANSCRIPT', AVAILABLE)},"transcriptToShow":[${lines.join(',')}],"startedAt":"${utcSeconds(frame.chat.startedAtMs)}"${cometFields(frame)}${frame.verbose}}`;

/** The reply to `disconnect`, the first and every later one. */
export const disconnectedReply = (frame: ReplyFrame): string =>
  `${head(frame, 'DISCONNECTED', FINISHED)}${frame.verbose}}`;

/** What a request for a chat that is over gets: the events still to show, and once there are none, an explanation. */
export const endedReply = (frame: ReplyFrame, lines: readonly string[]): string => {
  const explanation =
    lines.length > 0
      ? ''
      : ',"exception":"ChatSessionEndedException","message":"the chat is over, there is nothing left to show"';
  return `${head(frame, 'DISCONNECTED', FINISHED)},"transcriptToShow":[${lines.join(',')}],"startedAt":"${utcSeconds(frame.chat.startedAtMs)}"${explanation}${frame.verbose}}`;
};

export type DeliveredState = 'TRANSCRIPT' | 'DISCONNECTED';

/** A message of a chat on the user's channel. */
export interface DeliveredChat {
  readonly channel: string;
  /** 32 hexadecimal digits; the same however often the message is sent. */
  readonly messageId: string;
  readonly serviceId: string;
  readonly chat: Pick<ChatState, 'sessionId' | 'startedAtMs'>;
  readonly state: DeliveredState;
  readonly position: number;
  readonly lines: readonly string[];
  /** The fields of `verboseFields`, or ''. */
  readonly verbose: string;
}

/** A Bayeux message with the events of a chat, as JSON text. Positions are strings here, whatever REST replies say. */
export const deliveredMessage = (delivered: DeliveredChat): string => {
  const { channel, messageId, serviceId, chat, state, position, lines, verbose } = delivered;
  const text = state === 'TRANSCRIPT' ? AVAILABLE : FINISHED;
  return `{"channel":"${channel}","data":{"id":"${messageId}","message":{"chatIxnState":"${state}","chatSessionId":"${chat.sessionId}","transcriptPosition":"${position}","chatServiceMessage":"${text}","transcriptToShow":[${lines.join(',')}],"startedAt":"${utcSeconds(chat.startedAtMs)}"${verbose}},"tag":"service.chat.refresh.${serviceId}"}}`;
};
