import { Advised } from './advice.js';
import { Hold } from './hold.js';
import { Holds } from './holds.js';
import { ManualTime } from './testing/manual-time.js';

describe('holds', () => {
  const time = new ManualTime();
  let holds: Holds;

  beforeEach(() => {
    holds = new Holds({ holdMs: 10_000, heldPerUser: 2, time });
  });

  const open = (user = 'user', timeoutMs?: number): Hold => {
    const hold = new Hold('client', user, undefined, false);
    holds.open(hold, timeoutMs);
    return hold;
  };

  it('end when their time is up, with one timer for all and none for nobody', () => {
    const first = open();
    time.advance(5_000);
    const second = open('other');
    const short = open('third', 1_000);
    expect(time.running).toBe(1);
    time.advance(1_250);
    expect([first, second, short].map(({ ending }) => ending)).toEqual([undefined, undefined, 'time']);
    time.advance(4_000);
    expect([first, second].map(({ ending }) => ending)).toEqual(['time', undefined]);
    time.advance(5_000);
    expect(second.ending).toBe('time');
    for (const hold of [first, second, short]) holds.close(hold);
    expect({ size: holds.size, timers: time.running }).toEqual({ size: 0, timers: 0 });
  });

  it('tell their listeners once', () => {
    const hold = open();
    let told = 0;
    const listener = (): void => {
      told += 1;
    };
    hold.addEventListener('abort', listener);
    hold.addEventListener('abort', listener);
    hold.removeEventListener('abort', listener);
    hold.addEventListener('abort', listener);
    hold.end('gone');
    hold.end('time');
    expect({ told, ending: hold.ending, aborted: hold.signal.aborted }).toEqual({
      told: 1,
      ending: 'gone',
      aborted: true,
    });
  });

  it('of one user are as many as allowed, the oldest going first', () => {
    const [first, second] = [open(), open()];
    open('other');
    expect(first.ending).toBeUndefined();
    open();
    expect(first.ending).toBe('released');
    open();
    expect(second.ending).toBe('released');
  });

  it('that have been closed count no more', () => {
    const first = open();
    const second = open();
    holds.close(first);
    holds.close(first);
    open();
    expect({ ending: second.ending, size: holds.size }).toEqual({ ending: undefined, size: 2 });
  });

  it('end all together, or those of a client that disconnects', () => {
    const hold = open();
    const other = open('other');
    holds.disconnect('client', 'other');
    expect([hold.ending, other.ending]).toEqual([undefined, 'disconnected']);
    holds.drain();
    expect(hold.ending).toBe('drained');
  });
});

describe('advice', () => {
  it('is news again after a while, or when it was another', () => {
    const time = new ManualTime();
    const advised = new Advised(time);
    expect([advised.isNews('a'), advised.isNews('a'), advised.isNews('b')]).toEqual([true, false, true]);
    time.advance(60_000);
    expect(advised.isNews('a')).toBe(false);
    time.advance(60_000);
    expect(advised.isNews('a')).toBe(true);
    advised.forget('a');
    expect(advised.isNews('a')).toBe(true);
    time.advance(600_000);
    expect(advised.isNews('a')).toBe(true);
  });
});
