import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { Overload, type ProcessSigns, type ShedReason } from './overload.js';

describe('Overload', () => {
  let nowMs: number;
  let heapShare: number;
  let overload: Overload;
  const signs: ProcessSigns = { nowMs: () => nowMs, heapShare: () => heapShare };
  let shed: ShedReason[];
  const begin = (count: number): EventEmitter[] =>
    Array.from({ length: count }, () => {
      const response = new EventEmitter();
      overload.count(response as unknown as ServerResponse);
      return response;
    });

  const newResponse = (answers: unknown[]): ServerResponse =>
    ({
      writeHead: (status: number, headers: object) => {
        answers.push(status, headers);
        return { end: () => answers.push('end') };
      },
    }) as unknown as ServerResponse;

  beforeEach(() => {
    [nowMs, heapShare, shed] = [1_000, 0.3, []];
    overload = new Overload({ inFlightMax: 100, lagMaxMs: 20 }, (reason) => shed.push(reason), signs);
    overload.tick();
    overload.weigh();
  });

  afterEach(() => {
    overload.close();
  });

  it('lets requests in up to the limit, and again when some are answered', () => {
    begin(99);
    expect(overload.reason).toBeUndefined();
    const [last] = begin(1);
    expect(overload.reason).toBe('in-flight');
    last?.emit('close');
    expect(overload.reason).toBeUndefined();
    expect(overload.inFlight).toBe(99);
  });

  it('forgets those whose answers are made, though nobody reads them and no end of theirs is ever told', () => {
    const responses = begin(100);
    for (const response of responses.slice(1)) Object.assign(response, { writableEnded: true });
    expect(overload.reason).toBe('in-flight');
    overload.tick();
    expect(overload.inFlight).toBe(1);
    for (const response of responses) response.emit('close');
    expect(overload.inFlight).toBe(0);
  });

  it('turns away while the event loop is late and much is in work', () => {
    begin(10);
    nowMs += 25;
    expect(overload.reason).toBeUndefined();
    nowMs += 1;
    expect(overload.reason).toBe('lag');
    overload.tick();
    expect(overload.reason).toBeUndefined();
  });

  it('takes a pause for no overload while little is in work', () => {
    begin(9);
    nowMs += 1_000;
    expect(overload.reason).toBeUndefined();
  });

  it('takes a share of a flood all the same', () => {
    begin(10);
    nowMs += 100;
    let taken = 0;
    for (let request = 0; request < 300; request += 1) {
      if (overload.turnsAway(newResponse([]))) continue;
      begin(1);
      taken += 1;
    }
    // Those of before count as well.
    expect(taken).toBeGreaterThanOrEqual(18);
    expect(taken).toBeLessThanOrEqual(28);
  });

  it('answers what it turns away as soon as the event loop comes by, and tells of it', async () => {
    const answers: unknown[] = [];
    const response = newResponse(answers);
    expect(overload.turnsAway(response)).toBe(false);
    begin(100);
    expect(overload.turnsAway(response)).toBe(true);
    expect(answers).toEqual([]);
    await setImmediate();
    expect(answers).toEqual([503, { 'Retry-After': '1', 'Content-Length': '0' }, 'end']);
    expect(shed).toEqual(['in-flight']);
  });

  it('turns away while memory is short', () => {
    heapShare = 0.95;
    expect(overload.reason).toBeUndefined();
    overload.weigh();
    expect(overload.reason).toBe('memory');
    heapShare = 0.5;
    overload.weigh();
    expect(overload.reason).toBeUndefined();
  });
});
