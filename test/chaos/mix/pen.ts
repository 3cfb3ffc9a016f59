import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { HttpReply } from '../../support/http.js';
import { anyBelow, type Random } from '../../support/seeded-random.js';
import { AGAIN_MS, type Answer, ask } from './asking.js';
import type { TryOutcome } from './history.js';
import type { World } from './world.js';

/** Something to be said, once. */
export interface Letter {
  readonly chat: string;
  /** No two letters have the same. */
  readonly text: string;
  /** With the same key each time. */
  readonly send: (gateway: number) => Promise<HttpReply>;
  /** The position that a 200 names; undefined when it says that nothing was taken. */
  readonly positionIn: (reply: HttpReply) => number | undefined;
}

/** Share of the letters that are sent to all gateways at once. */
const TWIN_SHARE = 0.1;
/** Share of the letters that come once more when nobody expects them. */
const LATE_SHARE = 0.1;
/** Share of the letters that are not sent again when their first try brought no answer. */
const FAINT_SHARE = 0.1;
/** How long a letter is sent again and again, in milliseconds. */
const PATIENCE_MS = 60_000;

/** Writes letters through any gateway, again and again until it is told what became of them, and notes every try. */
export class Pen {
  /** What comes once more, later. */
  private readonly late: Promise<void>[] = [];
  private readonly over = new AbortController();
  /** Letters that came more than once on purpose. */
  repeated = 0;

  constructor(
    private readonly world: World,
    private readonly random: Random,
  ) {
    setMaxListeners(0, this.over.signal);
  }

  /** Once, to the gateways in turn until one takes it. @returns its position; undefined when it was refused */
  writePlainly(letter: Letter): Promise<number | undefined> {
    return this.insist(letter, anyBelow(this.random, this.world.gateways.length), PATIENCE_MS);
  }

  /** As networks do it: twice at once, once more much later. @returns its position; undefined when refused, or given up */
  async write(letter: Letter): Promise<number | undefined> {
    const { random, world } = this;
    const first = anyBelow(random, world.gateways.length);
    const [isTwin, isLate, isFaint] = [random() < TWIN_SHARE, random() < LATE_SHARE, random() < FAINT_SHARE];
    const lateMs = random() * world.options.lateMs;
    const twin = isTwin ? this.try(letter, first + 1) : undefined;
    const position = await this.insist(letter, first, isFaint ? 0 : PATIENCE_MS);
    await twin;
    // What was given up stays so: a late try would make it known after all.
    if (isLate && position !== undefined) this.late.push(this.again(letter, first + 1, lateMs));
    if (isTwin || isLate) this.repeated += 1;
    return position;
  }

  /** One try at one gateway, and no other. @returns the answer; status 0 when there was none */
  async once(letter: Letter, gateway: number): Promise<Pick<HttpReply, 'status' | 'headers'>> {
    const { answer } = await this.try(letter, gateway);
    return answer ?? { status: 0, headers: {} };
  }

  /** Sends what is to come late now, and waits until all is answered. */
  async finish(): Promise<void> {
    this.over.abort();
    await Promise.all(this.late);
  }

  private async again(letter: Letter, gateway: number, lateMs: number): Promise<void> {
    await pause(lateMs, undefined, { signal: this.over.signal }).catch(() => undefined);
    await this.try(letter, gateway);
  }

  private async insist(letter: Letter, first: number, patienceMs: number): Promise<number | undefined> {
    const endMs = performance.now() + patienceMs;
    for (let turn = first; ; turn += 1) {
      const { outcome, position } = await this.try(letter, turn);
      if (outcome !== 'unknown') return position;
      if (performance.now() >= endMs) {
        if (patienceMs > 0) this.world.failures.add(`"${letter.text}": no answer for certain in ${patienceMs} ms`);
        return undefined;
      }
      await pause(AGAIN_MS);
    }
  }

  private async try(
    { chat, text, send, positionIn }: Letter,
    turn: number,
  ): Promise<{ readonly outcome: TryOutcome; readonly position: number | undefined; readonly answer: Answer }> {
    const { history, gateways } = this.world;
    const begun = history.tick();
    const { answer, outcome } = await ask(this.world, `"${text}"`, () => send(turn % gateways.length));
    const position = outcome === 'kept' && answer !== undefined ? positionIn(answer) : undefined;
    const known = outcome === 'kept' && position === undefined ? 'refused' : outcome;
    const where = position === undefined ? {} : { position };
    history.add({ kind: 'try', chat, text, outcome: known, ...where, begun, ended: history.tick() });
    return { outcome: known, position, answer };
  }
}
