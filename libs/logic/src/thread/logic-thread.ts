import { parentPort } from 'node:worker_threads';
import { LRUCache } from 'lru-cache';
import type { Answer } from '../machine/entry.js';
import type { ThreadCall, ThreadWord } from './protocol.js';
import { Realm } from './realm.js';

/** The thread in which logics run, one call after another. What they break here ends with it. */

/** Versions that stay compiled; each takes a megabyte or two. */
const REALMS_MAX = 16;

const port = parentPort;
if (port === null) throw new Error('logic-thread: expected to be a worker thread');

const say = (word: ThreadWord): void => {
  port.postMessage(word);
};

const realms = new LRUCache<string, Realm>({ max: REALMS_MAX });
/** Made while nobody waits: a new version finds its realm ready. */
let spare: Promise<Realm> | undefined = Realm.open();

/** A promise of the logic that failed; it has no business making any. */
let hasStray = false;
process.on('unhandledRejection', () => {
  hasStray = true;
});

const STRAY: Answer = {
  failure: { kind: 'threw', message: 'a promise was rejected: expected nothing asynchronous in a logic' },
};

const work = async ({ id, hash, source, work: what }: ThreadCall): Promise<string> => {
  const known = realms.get(hash);
  const realm = known ?? (await (spare ?? Realm.open()));
  if (known === undefined) spare = undefined;
  say({ word: 'started', id });
  if (known === undefined) {
    const loaded = await realm.load(source);
    if ('failure' in (JSON.parse(loaded) as Answer)) return loaded;
    realms.set(hash, realm);
  }
  return 'run' in what ? realm.run(JSON.stringify(what.run)) : realm.check(JSON.stringify(what.check));
};

port.on('message', (call: ThreadCall) => {
  const { id } = call;
  hasStray = false;
  work(call).then(
    (json) => {
      // Whatever the logic has left to be done at once is done before the answer counts.
      setImmediate(() => {
        say({ word: 'answer', id, json: hasStray ? JSON.stringify(STRAY) : json });
        spare ??= Realm.open();
      });
    },
    (error: unknown) => {
      say({ word: 'broken', id, message: String(error) });
    },
  );
});

await spare;
say({ word: 'ready' });
