import { writeFileSync } from 'node:fs';
import { TranscriptVerifier } from '@app/event-store';
import { CommandFailure } from '../command-failure.js';
import { exitCode } from '../exit-code.js';
import { withStore } from '../store/store-access.js';
import { allEvents, type AnyRecorded } from './show-transcript.js';

/** Writes a transcript with everything that is needed to verify it again, without the store. */
export const exportTranscript = (serviceId: string, file: string | undefined): Promise<number> =>
  withStore(async (store) => {
    const events: AnyRecorded[] = [];
    for await (const recorded of allEvents(store, serviceId)) events.push(recorded);
    const entries: { readonly id: string; readonly value: string }[] = [];
    const verifier = new TranscriptVerifier(store.redis, store.keys, store.settings.requestDeadlineMs);
    for await (const [id, value] of verifier.entries(serviceId)) entries.push({ id, value });
    if (entries.length === 0) throw new CommandFailure(`${serviceId}: there is no such service`, exitCode.data);
    await store.audit.write({ act: 'transcript.export', by: store.by, subject: serviceId, outcome: 'done' });
    const text = `${JSON.stringify({ serviceId, exportedAt: new Date().toISOString(), events, entries }, null, 2)}\n`;
    if (file === undefined) process.stdout.write(text);
    else {
      writeFileSync(file, text, { mode: 0o600 });
      process.stdout.write(`${entries.length} events written to ${file}\n`);
    }
    return exitCode.ok;
  });
