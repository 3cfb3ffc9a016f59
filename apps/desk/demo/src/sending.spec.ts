import type { Clock } from './retried.js';
import { Sending } from './sending.js';
import type { Batch } from './transcript.js';
import { NoAnswer, Refused } from './v1-client.js';

const TAKEN: Batch = { chatIxnState: 'TRANSCRIPT', transcriptPosition: '2', transcriptToShow: [] };

/** A server that answers each try as it is told to, and afterwards takes everything. */
const serverThat = (...answers: readonly Error[]) => {
  const left = [...answers];
  const tries: { readonly text: string; readonly key: string }[] = [];
  const send = (_: string, text: string, key: string): Promise<Batch> => {
    tries.push({ text, key });
    const fault = left.shift();
    return fault === undefined ? Promise.resolve(TAKEN) : Promise.reject(fault);
  };
  return { send, tries };
};

/** Time that passes as fast as anybody waits for it. */
const fastClock = (): Clock => {
  let nowMs = 0;
  return {
    now: () => nowMs,
    pause: (ms) => {
      nowMs += ms;
      return Promise.resolve();
    },
  };
};

const sendingTo = (server: ReturnType<typeof serverThat>, over = new AbortController(), clock = fastClock()) => {
  const stood: string[] = [];
  const listener = { stands: (text: string) => void stood.push(text) };
  return { sending: new Sending(server, listener, over.signal, clock), stood };
};

describe('the sending of a message', () => {
  it('is tried again under the same key while nobody knows what became of it', async () => {
    const server = serverThat(new Refused(503, ''), new NoAnswer(), new Refused(429, ''));
    const { sending, stood } = sendingTo(server);
    expect(await sending.send('id', 'hello')).toBe(TAKEN);
    expect([server.tries.length, new Set(server.tries.map(({ key }) => key)).size, stood.length]).toEqual([4, 1, 3]);
  });

  it('ends with a refusal, and the next message goes its way under another key', async () => {
    const server = serverThat(new Refused(413, 'too long'));
    const { sending } = sendingTo(server);
    const [first, second] = [sending.send('id', 'one'), sending.send('id', 'two')];
    await expect(first).rejects.toThrow('too long');
    expect(await second).toBe(TAKEN);
    expect(new Set(server.tries.map(({ key }) => key)).size).toBe(2);
  });

  it('keeps the order of what was written', async () => {
    const server = serverThat(new NoAnswer());
    const { sending } = sendingTo(server);
    await Promise.all([sending.send('id', 'one'), sending.send('id', 'two')]);
    expect(server.tries.map(({ text }) => text)).toEqual(['one', 'one', 'two']);
  });

  it('is given up when the chat is left', async () => {
    const over = new AbortController();
    const clock = fastClock();
    const server = serverThat(new NoAnswer(), new NoAnswer());
    const { sending } = sendingTo(server, over, {
      ...clock,
      pause: () => {
        over.abort();
        return Promise.resolve();
      },
    });
    await expect(sending.send('id', 'hello')).rejects.toThrow(NoAnswer);
    expect(server.tries).toHaveLength(1);
  });

  it('is given up before the server forgets its key', async () => {
    const clock = fastClock();
    const server = serverThat(...Array.from({ length: 500 }, () => new NoAnswer()));
    const { sending } = sendingTo(server, undefined, clock);
    await expect(sending.send('id', 'hello')).rejects.toThrow(NoAnswer);
    expect(clock.now()).toBeGreaterThan(300_000);
    expect(clock.now()).toBeLessThan(330_000);
  });
});
