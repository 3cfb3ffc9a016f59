import {
  type Audience,
  audienceOf,
  isTranscriptEvent,
  type Party,
  type Recorded,
  type ServiceEvent,
  type ServiceState,
  type TranscriptEvent,
} from '@app/domain';
import { Schema, type VersionedBody } from './schema.js';
import { transcriptLine } from './transcript-line.js';

/** The stored form of services' events. */
const SCHEMA = new Schema();

const AUDIENCE_CODES: Readonly<Record<Audience, string>> = { customer: 'c', agents: 'a', system: 's' };

/** The stored form of an event: what the customer sees of it, ready to send, and all the rest. */
export interface StoredText {
  /** A transcript line, or '' when the customer sees nothing. */
  readonly line: string;
  /** Envelope and data as JSON. */
  readonly body: string;
}

/** An event as the store returns it. */
export interface StoredRecord extends StoredText {
  readonly position: number;
  readonly n: number;
  readonly replyFrom: number | null;
}

interface StoredBody extends VersionedBody {
  readonly t: ServiceEvent['type'];
  readonly at: number;
  readonly c: string;
  readonly a: string;
  /** Present when the request asked for the verbose fields. */
  readonly x?: true;
  /** Participant id, of events that have a line. */
  readonly p?: string;
  /** The other fields, of events without a line. */
  readonly d?: Record<string, unknown>;
}

const startOf = (state: ServiceState, atMs: number): { startedAtMs: number } =>
  state.status === 'open' && state.chat !== null ? state.chat : { startedAtMs: atMs };

/** Writes an event for the store. @param before - the state before the event: seconds count from the chat's start */
const encode = ({ event, atMs, commandId, verbose }: Recorded<ServiceEvent>, before: ServiceState): StoredText => {
  const audience = AUDIENCE_CODES[audienceOf(event)];
  const flag = verbose ? ',"x":true' : '';
  const head = `{"v":${SCHEMA.version},"t":"${event.type}","at":${atMs},"c":${JSON.stringify(commandId)},"a":"${audience}"${flag}`;
  if (isTranscriptEvent(event)) {
    return {
      line: transcriptLine(event, atMs, startOf(before, atMs)),
      body: `${head},"p":${JSON.stringify(event.participantId)}}`,
    };
  }
  const { type: _, ...data } = event;
  return { line: '', body: `${head},"d":${JSON.stringify(data)}}` };
};

const readTranscriptEvent = (type: TranscriptEvent['type'], participantId: string, line: string): TranscriptEvent => {
  const [, nickname, text, , party] = JSON.parse(line) as [string, string, string, string, Party];
  const speaker = { participantId, nickname, party };
  switch (type) {
    case 'MessageSent':
    case 'NoticeSent':
    case 'IdleAlerted':
      return { type, ...speaker, text };
    case 'UrlPushed':
      return { type, ...speaker, url: text };
    case 'ParticipantJoined':
    case 'ParticipantLeft':
    case 'TypingStarted':
    case 'TypingStopped':
      return { type, ...speaker };
    // A newer process may show customers what this one does not know.
    default:
      return { type, ...speaker };
  }
};

const decode = ({ position, n, replyFrom, line, body }: StoredRecord): Recorded<ServiceEvent> => {
  const stored = SCHEMA.read(body) as StoredBody;
  const event =
    line === ''
      ? ({ type: stored.t, ...stored.d } as ServiceEvent)
      : readTranscriptEvent(stored.t as TranscriptEvent['type'], stored.p ?? '', line);
  return { position, n, replyFrom, atMs: stored.at, commandId: stored.c, verbose: stored.x === true, event };
};

/** The stored form of service events, in both directions. */
export const serviceEventCodec = { encode, decode } as const;

const TYPE = /^\{"v":\d+,"t":"(\w+)"/;

/** The type of a stored event from its body's head alone: what follows may hold any words of the customer. */
export const storedEventType = (body: string): string | undefined => TYPE.exec(body)?.[1];
