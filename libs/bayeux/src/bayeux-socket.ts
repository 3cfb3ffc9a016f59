import type { RawData, WebSocket } from 'ws';
import type { BayeuxPeer } from './engine.js';
import type { Hold } from './hold.js';
import { type BayeuxMessage, readMessages } from './message.js';
import type { BayeuxOptions } from './options.js';
import { type Answer, type BayeuxProtocol, type Carrier, isLoneConnect } from './protocol.js';
import { ERRORS, failure } from './replies.js';
import { BayeuxRequestError } from './request-error.js';

/** Close codes of RFC 6455, section 7.4.1. */
const GOING_AWAY = 1001;
const UNSUPPORTED_DATA = 1003;
const POLICY_VIOLATION = 1008;

/** How long a client waits after the engine failed, in milliseconds. */
const FAILED_INTERVAL_MS = 1_000;

/** Answers under way on one socket; more than any client that waits for its connects. */
const PENDING_MAX = 64;

/**
 * One websocket. Frames are answered one after the other, but a connect that is held does not keep others waiting.
 * Events travel in the answers to connects only, so whoever knows a client's id gets nothing but by connecting for it.
 */
export class BayeuxSocket implements Carrier {
  readonly connectionType = 'websocket';
  private readonly holds: Hold[] = [];
  private frames: (readonly BayeuxMessage[])[] | undefined;
  /** Answers under way. */
  private pending = 0;
  private isAlive = true;
  private isRetiring = false;

  constructor(
    private readonly websocket: WebSocket,
    private readonly peer: BayeuxPeer,
    private readonly protocol: BayeuxProtocol,
    private readonly options: BayeuxOptions,
    private readonly onClose: () => void,
  ) {
    websocket.on('message', this.receive);
    websocket.on('pong', this.noteLife);
    websocket.on('close', this.closed);
    // `close` follows, and a client's broken frames are nobody's failure.
    websocket.on('error', this.noteLife);
  }

  attach(hold: Hold): void {
    if (this.websocket.readyState === this.websocket.OPEN) this.holds.push(hold);
    else hold.end('gone');
  }

  answered(answer: Answer, hold: Hold | undefined): void {
    this.write(answer);
    this.done(hold);
  }

  failed(error: unknown, message: BayeuxMessage, hold: Hold | undefined): void {
    this.apologize(error, [message]);
    this.done(hold);
  }

  /** Ends the socket if it has been silent since it was asked last, else asks it when it has been silent. */
  checkLife(): void {
    if (this.isAlive) {
      this.isAlive = false;
      if (this.websocket.readyState === this.websocket.OPEN) this.websocket.ping();
    } else {
      this.websocket.terminate();
    }
  }

  retire(): void {
    this.isRetiring = true;
    this.closeWhenIdle();
  }

  terminate(): void {
    this.websocket.terminate();
  }

  private readonly noteLife = (): void => {
    this.isAlive = true;
  };

  private readonly closed = (): void => {
    this.frames = undefined;
    for (const hold of [...this.holds]) hold.end('gone');
    this.onClose();
  };

  private readonly receive = (data: RawData, isBinary: boolean): void => {
    this.isAlive = true;
    if (isBinary) {
      this.websocket.close(UNSUPPORTED_DATA, 'expected text');
      return;
    }
    let messages: readonly BayeuxMessage[];
    try {
      messages = readMessages((data as Buffer).toString('utf8'), this.options.limits);
    } catch (error) {
      this.websocket.close(POLICY_VIOLATION, error instanceof BayeuxRequestError ? error.message.slice(0, 120) : '');
      return;
    }
    if (this.pending >= PENDING_MAX) this.websocket.close(POLICY_VIOLATION, 'too many connects');
    else if (this.frames !== undefined) this.frames.push(messages);
    else if (isLoneConnect(messages)) this.connect(messages);
    else void this.work(messages);
  };

  /** Answers a frame and those that come meanwhile; as long as there is one, no more is read. */
  private async work(first: readonly BayeuxMessage[]): Promise<void> {
    const frames = [first];
    this.frames = frames;
    this.websocket.pause();
    for (let frame = frames.shift(); frame !== undefined; frame = frames.shift()) {
      if (this.websocket.readyState !== this.websocket.OPEN) break;
      if (isLoneConnect(frame)) this.connect(frame);
      else await this.answer(frame);
    }
    this.frames = undefined;
    this.websocket.resume();
  }

  private connect([message]: readonly BayeuxMessage[]): void {
    if (message === undefined) return;
    this.pending += 1;
    void this.protocol.connect(message, this.peer, this);
  }

  private async answer(messages: readonly BayeuxMessage[]): Promise<void> {
    this.pending += 1;
    try {
      this.write(await this.protocol.answer(messages, this.peer, this.connectionType));
    } catch (error) {
      this.apologize(error, messages);
    }
    this.done(undefined);
  }

  private done(hold: Hold | undefined): void {
    this.pending -= 1;
    const at = hold === undefined ? -1 : this.holds.indexOf(hold);
    if (at >= 0) this.holds.splice(at, 1);
    if (this.isRetiring) this.closeWhenIdle();
  }

  private write({ text, unacknowledged }: Answer): void {
    this.send(text, () => {
      if (unacknowledged.length > 0) this.protocol.reportWritten(unacknowledged);
    });
  }

  private apologize(error: unknown, messages: readonly BayeuxMessage[]): void {
    this.options.onFailure(error);
    const advice = { interval: FAILED_INTERVAL_MS, reconnect: 'retry' } as const;
    this.send(JSON.stringify(messages.map((message) => failure(message, ERRORS.engineFailed, { advice }))));
  }

  private send(text: string, written?: () => void): void {
    const { websocket } = this;
    if (websocket.readyState !== websocket.OPEN) return;
    // Who does not read shall not fill our memory; what it did not get comes again to its next connect.
    if (websocket.bufferedAmount > this.options.bufferedBytes) {
      websocket.terminate();
      return;
    }
    websocket.send(text, (error?: Error | null) => {
      if (!error) written?.();
    });
  }

  private closeWhenIdle(): void {
    if (this.pending === 0) this.websocket.close(GOING_AWAY, 'this server goes away');
  }
}
