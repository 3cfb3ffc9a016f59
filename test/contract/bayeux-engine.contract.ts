import { randomBytes } from 'node:crypto';
import type { BayeuxEngine, HoldRequest, HoldResult } from '@app/bayeux';
import { waitFor } from '../support/http.js';

/** An engine, and the means to have something to deliver. */
export interface BayeuxEngineLab {
  readonly engine: BayeuxEngine;
  /** The same clients behind another gateway. */
  readonly otherGateway: BayeuxEngine;
  /** Tells a user a text; gives the position after which everything later comes again. */
  readonly deliver: (user: string, text: string) => Promise<number>;
  /** The texts in messages, in order. An engine may put several into one message, or messages without any between. */
  readonly textsOf: (messages: readonly string[]) => readonly string[];
  /** How many connects of a client the engine has seen. */
  readonly connects: (clientId: string, user: string) => Promise<number>;
  /** Makes a client expire. */
  readonly expire: (clientId: string, user: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

const CHANNEL = '/_genesys';
/** More looks than any engine needs to hand over what there is. */
const LOOKS_MAX = 20;

/**
 * What every engine behind the protocol promises.
 * @param makeLab - a lab of its own for each test
 */
export const describeBayeuxEngine = (name: string, makeLab: () => BayeuxEngineLab | Promise<BayeuxEngineLab>): void => {
  describe(`${name}, as a Bayeux engine`, () => {
    let lab: BayeuxEngineLab;
    let user: string;

    beforeEach(async () => {
      lab = await makeLab();
      user = `user-${randomBytes(6).toString('hex')}`;
    });

    afterEach(() => lab.close());

    const handshake = async (name = user): Promise<string> => {
      const result = await lab.engine.handshake({ user: name });
      if (result.outcome === 'refused') throw new Error(result.reason);
      return result.clientId;
    };

    const request = (clientId: string, more: Partial<HoldRequest> = {}): HoldRequest => ({
      clientId,
      user,
      ack: 0,
      signal: new AbortController().signal,
      isImmediate: true,
      ...more,
    });

    const look = (clientId: string, more: Partial<HoldRequest> = {}): Promise<HoldResult> =>
      lab.engine.connect(request(clientId, more));

    /** A client that has subscribed and made its first connect. */
    const subscriber = async (acknowledges = true, name = user): Promise<string> => {
      const clientId = await handshake(name);
      await look(clientId, { user: name, ack: acknowledges ? 0 : undefined });
      await lab.engine.subscribe(clientId, name, CHANNEL);
      return clientId;
    };

    /** A connect that the engine has certainly seen before anything else is asked of it. */
    const hold = async (engine: BayeuxEngine, clientId: string, more: Partial<HoldRequest> = {}) => {
      const name = more.user ?? user;
      const before = await lab.connects(clientId, name);
      const result = engine.connect(request(clientId, { isImmediate: false, ...more }));
      await waitFor('a connect to be held', async () => (await lab.connects(clientId, name)) > before, 5_000, 2);
      return { result };
    };

    /** The result must be a delivery. */
    const delivered = (
      result: HoldResult,
    ): { texts: readonly string[]; messages: readonly string[]; batch: number } => {
      if (result.outcome !== 'delivered') throw new Error(`expected a delivery, got ${result.outcome}`);
      if (result.batch === null) throw new Error('expected a number of the batch, got null');
      return { texts: lab.textsOf(result.messages), messages: result.messages, batch: result.batch };
    };

    /** Connects and acknowledges until there is nothing more. */
    const drain = async (clientId: string, name = user): Promise<readonly string[]> => {
      const texts: string[] = [];
      let ack = 0;
      for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
        const result = await look(clientId, { user: name, ack });
        if (result.outcome === 'nothing') return texts;
        const batch = delivered(result);
        texts.push(...batch.texts);
        ack = batch.batch;
      }
      throw new Error('a client that acknowledges gets the same again and again');
    };

    /** Texts, each told by itself. */
    const tell = async (...texts: readonly string[]): Promise<number> => {
      let position = 0;
      for (const text of texts) position = await lab.deliver(user, text);
      return position;
    };

    describe('a client', () => {
      it('has an id of at least 128 random bits', async () => {
        const ids = await Promise.all(Array.from({ length: 5 }, () => handshake()));
        expect(new Set(ids).size).toBe(5);
        for (const id of ids) expect(id.length).toBeGreaterThanOrEqual(22);
      });

      it('is found with its user on another gateway', async () => {
        expect(await lab.otherGateway.userOf(await handshake())).toBe(user);
      });

      it('that nobody made has no user, subscribes to nothing and connects in vain', async () => {
        expect(await lab.engine.userOf('no-such-client')).toBeUndefined();
        expect(await lab.engine.subscribe('no-such-client', user, CHANNEL)).toBe(false);
        expect(await lab.engine.unsubscribe('no-such-client', user, CHANNEL)).toBe(false);
        expect(await lab.engine.disconnect('no-such-client', user, undefined)).toBe(false);
        expect(await look('no-such-client')).toEqual({ outcome: 'unknown-client' });
      });

      it('may change its mind about acknowledging', async () => {
        const clientId = await subscriber(false);
        await tell('one');
        expect(await drain(clientId)).toEqual(['one']);
        await tell('two');
        const { batch, texts } = delivered(await look(clientId, { ack: undefined }));
        await lab.engine.written(clientId, user, batch);
        expect((await look(clientId, { ack: undefined })).outcome).toBe('nothing');
        expect(texts).toEqual(['two']);
      });

      it('of another user is unknown, and loses nothing by it', async () => {
        const clientId = await subscriber();
        await tell('one');
        const other = { user: 'somebody-else' };
        expect(await lab.engine.subscribe(clientId, other.user, CHANNEL)).toBe(false);
        expect(await lab.engine.disconnect(clientId, other.user, 0)).toBe(false);
        expect(await look(clientId, other)).toEqual({ outcome: 'unknown-client' });
        await lab.engine.written(clientId, other.user, 1);
        expect(await drain(clientId)).toEqual(['one']);
      });

      it('is unknown after its end, and a connect that is held then ends', async () => {
        const clientId = await subscriber();
        const held = await hold(lab.engine, clientId);
        expect(await lab.otherGateway.disconnect(clientId, user, undefined)).toBe(true);
        expect(['ended', 'unknown-client']).toContain((await held.result).outcome);
        expect(await lab.engine.disconnect(clientId, user, undefined)).toBe(false);
        expect(await look(clientId)).toEqual({ outcome: 'unknown-client' });
      });
    });

    describe('a connect', () => {
      it('is not held the first time, and says that it is the first, on any gateway', async () => {
        const clientId = await handshake();
        expect(await lab.otherGateway.connect(request(clientId, { isImmediate: false }))).toMatchObject({
          outcome: 'nothing',
          isFirst: true,
        });
        const second = await look(clientId);
        expect(second).toMatchObject({ outcome: 'nothing' });
        expect(second).not.toMatchObject({ isFirst: true });
      });

      it('brings nothing to a client that has not subscribed, or no longer', async () => {
        const clientId = await handshake();
        await tell('one');
        expect((await look(clientId)).outcome).toBe('nothing');
        await lab.engine.subscribe(clientId, user, CHANNEL);
        await lab.engine.unsubscribe(clientId, user, CHANNEL);
        expect((await look(clientId)).outcome).toBe('nothing');
      });

      it('brings at once what is there', async () => {
        const clientId = await subscriber();
        await tell('one', 'two', 'three');
        expect(delivered(await look(clientId, { isImmediate: false })).texts).toEqual(['one', 'two', 'three']);
      });

      it('that is held brings what comes, through another gateway too', async () => {
        const clientId = await subscriber();
        const held = await hold(lab.otherGateway, clientId);
        await tell('one');
        const texts = [...delivered(await held.result).texts];
        // The start of what is told may be a message of its own.
        while (texts.length === 0) texts.push(...(await drain(clientId)));
        expect(texts).toEqual(['one']);
      });

      it('that is held ends with its signal', async () => {
        const clientId = await subscriber();
        const controller = new AbortController();
        const held = await hold(lab.engine, clientId, { signal: controller.signal });
        controller.abort();
        expect((await held.result).outcome).toBe('nothing');
        await tell('one');
        expect(await drain(clientId)).toEqual(['one']);
      });

      it('whose signal has ended already is not held', async () => {
        const clientId = await subscriber();
        expect((await look(clientId, { isImmediate: false, signal: AbortSignal.abort() })).outcome).toBe('nothing');
      });

      it('takes over from an older one, here and on another gateway', async () => {
        const clientId = await subscriber();
        const older = await hold(lab.engine, clientId);
        const newer = await hold(lab.otherGateway, clientId);
        expect(await older.result).toEqual({ outcome: 'superseded' });
        const newest = await hold(lab.engine, clientId);
        expect(await newer.result).toEqual({ outcome: 'superseded' });
        await tell('one');
        const first = delivered(await newest.result);
        expect([...first.texts, ...(first.texts.length > 0 ? [] : await drain(clientId))]).toEqual(['one']);
      });
    });

    describe('a client that acknowledges', () => {
      it('gets a batch again, with the same number and the same messages, until it says that it has it', async () => {
        const clientId = await subscriber();
        await tell('one', 'two');
        const first = delivered(await look(clientId));
        await tell('three');
        expect(delivered(await look(clientId, { ack: first.batch - 1 }))).toEqual(first);
        expect(delivered(await lab.otherGateway.connect(request(clientId, { isImmediate: false })))).toEqual(first);
        const next = delivered(await look(clientId, { ack: first.batch }));
        expect(next.texts).toEqual(['three']);
        expect(next.batch).toBe(first.batch + 1);
      });

      it('gets a number with every answer', async () => {
        const clientId = await subscriber();
        expect(await look(clientId)).toMatchObject({ outcome: 'nothing', batch: 0 });
        await tell('one');
        const { batch } = delivered(await look(clientId));
        expect(await look(clientId, { ack: batch })).toMatchObject({ outcome: 'nothing', batch });
      });

      it('loses nothing when it acknowledges what was never sent', async () => {
        const clientId = await subscriber();
        await tell('one');
        await look(clientId);
        expect(delivered(await look(clientId, { ack: 4711 })).texts).toEqual(['one']);
      });

      it('is told nothing twice by a reply that was written', async () => {
        const clientId = await subscriber();
        await tell('one');
        const { batch } = delivered(await look(clientId));
        expect((await look(clientId, { ack: batch })).outcome).toBe('nothing');
        expect((await look(clientId, { ack: batch })).outcome).toBe('nothing');
      });
    });

    describe('a client that does not acknowledge', () => {
      it('gets a batch again until it has been written', async () => {
        const clientId = await subscriber(false);
        await tell('one');
        const first = delivered(await look(clientId, { ack: undefined }));
        expect(delivered(await look(clientId, { ack: undefined }))).toEqual(first);
        await lab.engine.written(clientId, user, first.batch);
        expect((await look(clientId, { ack: undefined })).outcome).toBe('nothing');
        await tell('two');
        expect(delivered(await look(clientId, { ack: undefined })).texts).toEqual(['two']);
      });

      it('is not moved on by the number of another batch', async () => {
        const clientId = await subscriber(false);
        await tell('one');
        const { batch } = delivered(await look(clientId, { ack: undefined }));
        await lab.engine.written(clientId, user, batch + 1);
        expect(delivered(await look(clientId, { ack: undefined })).texts).toEqual(['one']);
      });
    });

    describe('a user', () => {
      it('hears everything once on each of his clients', async () => {
        const clients = [await subscriber(), await subscriber(), await subscriber()];
        await tell('one', 'two');
        for (const clientId of clients) expect(await drain(clientId)).toEqual(['one', 'two']);
        for (const clientId of clients) expect((await drain(clientId)).length).toBeLessThanOrEqual(2);
      });

      it('hears nothing of another', async () => {
        const stranger = `${user}-other`;
        const clientId = await subscriber(true, stranger);
        const held = await hold(lab.engine, clientId, { user: stranger });
        await tell('one');
        await lab.deliver(stranger, 'for the other');
        const first = delivered(await held.result);
        const rest = first.texts.length > 0 ? [] : await drain(clientId, stranger);
        expect([...first.texts, ...rest]).toEqual(['for the other']);
      });

      it('goes on with a new client where the old one was', async () => {
        const old = await subscriber();
        await tell('one', 'two');
        expect(await drain(old)).toEqual(['one', 'two']);
        await tell('three');
        expect(await drain(await subscriber())).toEqual(['three']);
      });

      it('gets with a new client what the old one did not acknowledge', async () => {
        const old = await subscriber();
        await tell('one');
        await look(old);
        await tell('two');
        expect(await drain(await subscriber())).toEqual(['one', 'two']);
      });

      it('who says how far he read goes on from there, also backwards', async () => {
        const old = await subscriber();
        const position = await tell('one');
        await tell('two', 'three');
        expect(await drain(old)).toEqual(['one', 'two', 'three']);
        expect(await lab.otherGateway.disconnect(old, user, position)).toBe(true);
        expect(await drain(await subscriber())).toEqual(['two', 'three']);
      });

      it('who says so for a client that has expired goes on from there, too', async () => {
        const old = await subscriber();
        const position = await tell('one');
        await tell('two');
        expect(await drain(old)).toEqual(['one', 'two']);
        await lab.expire(old, user);
        expect(await lab.engine.disconnect(old, user, position)).toBe(false);
        expect(await drain(await subscriber())).toEqual(['two']);
      });
    });
  });
};
