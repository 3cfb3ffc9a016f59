import { randomUUID } from 'node:crypto';
import { evolveService, type Recorded, type ServiceEvent, type ServiceState } from '@app/domain';
import { serviceEventCodec } from '@app/wire';
import fc from 'fast-check';
import { CHAIN_START, chainHash } from './hash-chain.js';
import { rawEntries, readEntry, writeValue } from './stored-value.js';

const anyPart = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\n'));

describe('the value of a stream entry', () => {
  it('is read as it was written, with what the script adds at its end', () => {
    fc.assert(
      fc.property(anyPart, anyPart, anyPart, fc.option(fc.nat()), (line, body, hash, replyFrom) => {
        const value = writeValue({ position: 7, n: 2, line, body, hash }) + (replyFrom ?? '').toString();
        expect(readEntry('7-2', value)).toEqual({ position: 7, n: 2, line, body, hash, replyFrom });
      }),
    );
  });

  it('names the entry that is not of its form', () => {
    for (const value of ['', 'line', 'line\nbody', 'line\nbody\nhash']) {
      expect(() => readEntry('7-2', value)).toThrow('stream entry 7-2');
    }
  });

  it('is read from what Redis returns', () => {
    expect(rawEntries([['3-0', ['e', 'l\nb\nh\n2']]])).toEqual([
      { position: 3, n: 0, line: 'l', body: 'b', hash: 'h', replyFrom: 2 },
    ]);
  });

  it("of a customer's message is at most 250 bytes besides its text", () => {
    const timeouts = {
      ttlS: 1,
      flexDisconnectS: 1,
      idleAlertS: 1,
      idleCloseS: 1,
      asyncCloseS: 1,
      idleAlertMessage: '',
    };
    const recordOf = (event: ServiceEvent): Recorded<ServiceEvent> => ({
      position: 10_000,
      n: 0,
      atMs: 1_763_863_416_123,
      // The longest of the usual ids: a UUID from the client.
      commandId: `k:${randomUUID()}`,
      verbose: true,
      replyFrom: null,
      event,
    });
    const before = [
      { type: 'ServiceRequested', name: 'x', kind: 'basic', timeouts, businessData: {} } as const,
      {
        type: 'ChatStarted',
        sessionId: '00058A99N4CB0009',
        userId: 'U',
        secureKey: 'K',
        nickname: 'VasyaP',
        attachedData: {},
      } as const,
    ].reduce<ServiceState>((state, event) => evolveService(state, { ...recordOf(event), atMs: 0 }), {
      status: 'absent',
    });
    const text = 'How do I return this order? "Quickly"…';
    const recorded = recordOf({
      type: 'MessageSent',
      participantId: 'customer',
      nickname: 'Maximiliane-Charlotte',
      party: 'CLIENT',
      text,
    });
    const { line, body } = serviceEventCodec.encode(recorded, before);
    const hash = chainHash(CHAIN_START, recorded, line, body);
    const value = `${writeValue({ ...recorded, line, body, hash })}9999`;
    expect(Buffer.byteLength(value) - Buffer.byteLength(JSON.stringify(text).slice(1, -1))).toBeLessThanOrEqual(250);
  });
});
