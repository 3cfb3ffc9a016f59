import { agentOfStream, type AgentEvent, formatEntryId, type Recorded, type ServiceEvent } from '@app/domain';
import { CommandFailure } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { type StoreAccess, withStore } from '../store/store-access.js';

/** An event of a service or of an agent. */
export type AnyRecorded = Recorded<ServiceEvent> | Recorded<AgentEvent>;

/** Events of one read. */
const PAGE = 500;

/** All events of a stream, oldest first. @throws CommandFailure when there is none */
export const allEvents = async function* (store: StoreAccess, streamId: string): AsyncGenerator<AnyRecorded> {
  const repository = agentOfStream(streamId) === undefined ? store.repository : store.agents;
  let after = { position: 0, n: 0 };
  let count = 0;
  for (;;) {
    const page: readonly AnyRecorded[] = await repository.events(streamId, after, PAGE);
    for (const recorded of page) yield recorded;
    count += page.length;
    const last = page.at(-1);
    if (count === 0) throw new CommandFailure(`${streamId}: there is no such service`, exitCode.data);
    if (last === undefined || page.length < PAGE) return;
    after = { position: last.position, n: last.n };
  }
};

/** Control characters of what people wrote would steer the terminal. */
const printable = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}]/gu, (letter) => `\\u${(letter.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);

/** One event as a line: id, time, type, and the rest as JSON. @param hasText - false leaves what people wrote out */
export const eventLine = ({ position, n, atMs, event }: AnyRecorded, hasText = true): string => {
  const { type, ...data } = event as { readonly type: string } & Readonly<Record<string, unknown>>;
  const shown = hasText ? data : Object.fromEntries(Object.entries(data).filter(([name]) => !WRITTEN.has(name)));
  const rest = Object.keys(shown).length === 0 ? '' : ` ${printable(JSON.stringify(shown))}`;
  return `${formatEntryId({ position, n }).padEnd(8)} ${new Date(atMs).toISOString()} ${type}${rest}`;
};

/** Fields that people fill. */
const WRITTEN: ReadonlySet<string> = new Set([
  ...['text', 'url', 'businessData', 'attachedData', 'data', 'push', 'device', 'note', 'comment', 'nickname', 'user'],
  ...['secureKey', 'subject'],
]);

/** Prints a transcript, one event a line; with `json` one JSON object a line. */
export const showTranscript = (streamId: string, isJson: boolean): Promise<number> =>
  withStore(async (store) => {
    await store.audit.write({ act: 'transcript.show', by: store.by, subject: streamId, outcome: 'done' });
    for await (const recorded of allEvents(store, streamId)) {
      const { position, n, atMs, commandId, event } = recorded;
      const line = isJson
        ? JSON.stringify({ id: formatEntryId({ position, n }), at: new Date(atMs).toISOString(), commandId, event })
        : eventLine(recorded);
      process.stdout.write(`${line}\n`);
    }
    return exitCode.ok;
  });
