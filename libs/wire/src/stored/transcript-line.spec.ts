import type { TranscriptEvent } from '@app/domain';
import fc from 'fast-check';
import { transcriptLine } from './transcript-line.js';

const by = { participantId: 'a1', nickname: 'Kristi', party: 'AGENT' } as const;
const atStart = { startedAtMs: 1_000 };

describe('a transcript line', () => {
  it.each<[TranscriptEvent, string, string]>([
    [{ type: 'ParticipantJoined', ...by }, 'Notice.Joined', 'has joined the session'],
    [{ type: 'ParticipantLeft', ...by }, 'Notice.Left', 'has left the session'],
    [{ type: 'MessageSent', ...by, text: 'hi' }, 'Message.Text', 'hi'],
    [{ type: 'IdleAlerted', ...by, text: 'still there?' }, 'Message.Text', 'still there?'],
    [{ type: 'TypingStarted', ...by }, 'Notice.TypingStarted', 'is typing'],
    [{ type: 'TypingStopped', ...by }, 'Notice.TypingStopped', 'stopped typing'],
    [{ type: 'UrlPushed', ...by, url: 'https://a.example/' }, 'Notice.PushUrl', 'https://a.example/'],
  ])('shows $type', (event, type, text) => {
    expect(JSON.parse(transcriptLine(event, 1_000, atStart))).toEqual([type, 'Kristi', text, '0', 'AGENT']);
  });

  it.each([
    [1_000, '0'],
    [1_999, '0'],
    [2_000, '1'],
    [3_601_000, '3600'],
    [0, '0'],
  ])('at %d ms is at whole seconds since the start, never below 0', (atMs, seconds) => {
    const line = transcriptLine({ type: 'TypingStarted', ...by }, atMs, atStart);
    expect((JSON.parse(line) as string[])[3]).toBe(seconds);
  });

  it('is five strings, whatever the names and texts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (nickname, text) => {
        const line = transcriptLine({ type: 'MessageSent', ...by, nickname, text }, 1_000, atStart);
        expect(JSON.parse(line)).toEqual(['Message.Text', nickname, text, '0', 'AGENT']);
      }),
    );
  });
});
