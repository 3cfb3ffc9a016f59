import { fitted } from './payload-size.js';
import { messageText } from './push.js';

const PUSH = { deviceId: 'd1', text: 'come back', serviceId: 's1', lastTranscript: ['old', 'new'], collapseId: 'c1' };

describe('a payload', () => {
  it('that fits is left alone', () => {
    expect(fitted(PUSH, messageText)).toBe(messageText(PUSH));
  });

  it('loses the oldest missed texts first', () => {
    const push = { ...PUSH, lastTranscript: ['a'.repeat(3_000), 'b'.repeat(2_000), 'c'.repeat(1_000)] };
    expect(fitted(push, messageText)).toBe(messageText({ ...push, lastTranscript: push.lastTranscript.slice(1) }));
  });

  it.each(['x', 'ж', '"', '👍', '\u0001'])('is as long as it may be, and whole characters, of %j', (character) => {
    const payload = fitted({ ...PUSH, text: character.repeat(4_096) }, messageText);
    const { message, lastTranscript } = JSON.parse(payload) as { message: string; lastTranscript: string[] };
    expect(Buffer.byteLength(payload)).toBeGreaterThan(4_080);
    expect(Buffer.byteLength(payload)).toBeLessThanOrEqual(4_096);
    expect(message).toBe(`${character.repeat(Array.from(message).length - 1)}…`);
    expect(lastTranscript).toEqual([]);
  });
});
