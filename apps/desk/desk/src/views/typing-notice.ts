import { useEffect, useMemo } from 'preact/hooks';
import type { DeskSession } from '../desk-session.js';
import { useSession } from './desk-context.js';

/** Without a key for this long the agent does not type any more, in milliseconds. */
const PAUSE_MS = 5_000;
/** The server lets a notice lapse after ten seconds: a long text says so again, in milliseconds. */
const AGAIN_MS = 8_000;

/** Tells the customer that the agent types: with the first key, until a pause. */
class TypingNotice {
  private timer: number | undefined;
  private toldMs = 0;

  constructor(
    private readonly session: DeskSession,
    private readonly serviceId: string,
  ) {}

  typed(isSomething: boolean): void {
    if (!isSomething) {
      this.stop();
      return;
    }
    const nowMs = Date.now();
    if (nowMs - this.toldMs >= AGAIN_MS) {
      this.toldMs = nowMs;
      this.session.tellTyping(this.serviceId, true);
    }
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.stop();
    }, PAUSE_MS);
  }

  /** The message itself ends it. */
  sent(): void {
    window.clearTimeout(this.timer);
    this.toldMs = 0;
  }

  stop(): void {
    window.clearTimeout(this.timer);
    if (this.toldMs === 0) return;
    this.toldMs = 0;
    this.session.tellTyping(this.serviceId, false);
  }
}

export const useTypingNotice = (serviceId: string): TypingNotice => {
  const session = useSession();
  const notice = useMemo(() => new TypingNotice(session, serviceId), [session, serviceId]);
  useEffect(
    () => () => {
      notice.stop();
    },
    [notice],
  );
  return notice;
};
