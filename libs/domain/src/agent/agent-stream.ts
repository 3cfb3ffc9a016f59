const MARK = '@';

/** The id of an agent's stream; no id of a service looks like it. */
export const agentStreamOf = (agentId: string): string => MARK + agentId;

/** The agent of a stream; undefined for the stream of a service. */
export const agentOfStream = (streamId: string): string | undefined =>
  streamId.startsWith(MARK) ? streamId.slice(MARK.length) : undefined;
