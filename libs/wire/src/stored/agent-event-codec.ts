import type { AgentEvent, Recorded } from '@app/domain';
import { Schema, type VersionedBody } from './schema.js';
import type { StoredRecord, StoredText } from './service-event-codec.js';

/** The stored form of agents' events. */
const SCHEMA = new Schema();

interface StoredBody extends VersionedBody {
  readonly t: AgentEvent['type'];
  readonly at: number;
  readonly c: string;
  readonly d: Record<string, unknown>;
}

const encode = ({ event, atMs, commandId }: Recorded<AgentEvent>): StoredText => {
  const { type, ...data } = event;
  const body = `{"v":${SCHEMA.version},"t":"${type}","at":${atMs},"c":${JSON.stringify(commandId)},"d":${JSON.stringify(data)}}`;
  return { line: '', body };
};

const decode = ({ position, n, replyFrom, body }: StoredRecord): Recorded<AgentEvent> => {
  const { t: type, at: atMs, c: commandId, d: data } = SCHEMA.read(body) as StoredBody;
  return { position, n, replyFrom, atMs, commandId, verbose: false, event: { type, ...data } as AgentEvent };
};

/** The stored form of agents' events, in both directions. */
export const agentEventCodec = { encode, decode } as const;
