import type { ServiceEvent } from '@app/domain';
import type { StoredEntry } from '@app/event-store';

/** How the entries of a stream become the Bayeux messages of one kind of user. */
export interface MessageForm {
  /** What is news to him: what customers' applications are told, or every event but those of some types. */
  readonly told: 'customer' | { readonly allBut: readonly ServiceEvent['type'][] };
  /** Whether an entry is news; the connect script, which is given `told`, says the same. */
  readonly isTold: (entry: StoredEntry) => boolean;
  /** JSON of whole Bayeux messages, in order; none when the stream is none of his business any more. */
  readonly messagesOf: (streamId: string, entries: readonly StoredEntry[]) => Promise<readonly string[]>;
}
