import { ConnectionWatchdog, type Watched } from './connection-watchdog.js';

class FakeConnection {
  status: Watched['status'] = 'ready';
  readonly calls: string[] = [];

  connect(): Promise<void> {
    this.calls.push('connect');
    this.status = 'connecting';
    return Promise.reject(new Error('connect ECONNREFUSED'));
  }

  disconnect(reconnect?: boolean): void {
    this.calls.push(`disconnect ${String(reconnect)}`);
  }
}

const reply = (message: string): Error => Object.assign(new Error(message), { name: 'ReplyError' });
const settled = (): Promise<void> => new Promise(setImmediate);

describe('ConnectionWatchdog', () => {
  let connection: FakeConnection;
  let nowMs: number;
  let answer: () => Promise<unknown>;
  let asked: number;
  let reasons: string[];

  beforeEach(() => {
    connection = new FakeConnection();
    [nowMs, asked, reasons] = [0, 0, []];
    answer = () => Promise.resolve('OK');
  });

  const watchdog = (hasProbe = true): ConnectionWatchdog =>
    new ConnectionWatchdog(connection, {
      probe: hasProbe
        ? () => {
            asked += 1;
            return answer();
          }
        : undefined,
      onRebuilt: (reason) => reasons.push(reason),
      patienceMs: 10_000,
      nowMs: () => nowMs,
    });

  /** A beat every two seconds, and time for the answer. */
  const pass = async (dog: ConnectionWatchdog, seconds: number): Promise<void> => {
    for (let passedS = 0; passedS < seconds; passedS += 2) {
      nowMs += 2_000;
      dog.look();
      await settled();
    }
  };

  it('leaves alone what answers', async () => {
    await pass(watchdog(), 60);
    expect(connection.calls).toEqual([]);
    expect(asked).toBe(30);
  });

  it.each([
    ['does not answer', () => new Promise<never>(() => undefined)],
    ['breaks', () => Promise.reject(new Error('Connection is closed.'))],
    ['was demoted', () => Promise.reject(reply("READONLY You can't write against a read only replica."))],
  ])('makes anew what %s for ten seconds, and then gives the new one as long', async (_, failing) => {
    const dog = watchdog();
    answer = failing;
    await pass(dog, 10);
    expect(connection.calls).toEqual([]);
    await pass(dog, 2);
    expect(connection.calls).toEqual(['disconnect true']);
    await pass(dog, 10);
    expect(connection.calls).toHaveLength(1);
    await pass(dog, 2);
    expect(connection.calls).toHaveLength(2);
    expect(reasons[0]).toBe('no answer for 10000 ms');
  });

  it.each(['OOM command not allowed', 'NOREPLICAS Not enough good replicas', 'LOADING Redis is loading'])(
    'takes "%s" for an answer',
    async (message) => {
      answer = () => Promise.reject(reply(message));
      await pass(watchdog(), 30);
      expect(connection.calls).toEqual([]);
    },
  );

  it('asks one question at a time, and a new one of a new connection', async () => {
    const dog = watchdog();
    answer = () => new Promise<never>(() => undefined);
    await pass(dog, 10);
    expect(asked).toBe(1);
    await pass(dog, 4);
    expect(asked).toBe(2);
  });

  it('revives what has given up for good, with or without a question', async () => {
    for (const hasProbe of [true, false]) {
      connection.status = 'end';
      watchdog(hasProbe).look();
      await settled();
    }
    expect(connection.calls).toEqual(['connect', 'connect']);
    expect(reasons).toEqual(['the client had given up', 'the client had given up']);
  });

  it('does not wait for what nobody has opened yet', async () => {
    connection.status = 'wait';
    const dog = watchdog();
    await pass(dog, 60);
    expect(asked).toBe(0);
    connection.status = 'ready';
    answer = () => Promise.reject(new Error('Connection is closed.'));
    await pass(dog, 10);
    expect(connection.calls).toEqual([]);
  });
});
