import { correlationId } from './correlation-id.js';
import { createLogger } from './logger.js';
import { createMetrics, METRICS } from './metrics.js';
import { PinoNestLogger } from './pino-nest-logger.js';

const captured = (level = 'info') => {
  const lines: string[] = [];
  const logger = createLogger({ name: 'test', level, destination: { write: (line: string) => void lines.push(line) } });
  return { logger, lines };
};

const parsed = (lines: readonly string[]): unknown[] => lines.map((line) => JSON.parse(line) as unknown);

describe('the log', () => {
  it('has one JSON line for an event, whatever its values hold', () => {
    const { logger, lines } = captured();
    logger.info({ path: 'a\n{"level":50,"msg":"forged"}' }, 'one\ntwo');
    expect(lines).toHaveLength(1);
    expect(lines[0]?.trimEnd()).not.toContain('\n');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ name: 'test', msg: 'one\ntwo' });
  });

  it('says when, in ISO time, and of what level', () => {
    const { logger, lines } = captured();
    logger.debug('not this');
    logger.info('this');
    expect(lines).toHaveLength(1);
    expect(parsed(lines)).toMatchObject([{ level: 30, msg: 'this' }]);
    expect(parsed(lines)[0]).toHaveProperty('time', expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/));
  });

  it('hides secrets wherever they stand', () => {
    const { logger, lines } = captured();
    const fields = { password: 'p1', event: { text: 'p2', notificationId: 'p3' }, list: [{ token: 'p4' }] };
    logger.info({ ...fields, req: { headers: { Authorization: 'p5', 'set-cookie': ['p6'] } } }, 'x');
    logger
      .child({ secureKey: 'p7' })
      .child({ a: { redisUrl: 'p8' } })
      .info('y');
    expect(lines.join('')).not.toMatch(/p[1-8]/);
    expect(fields.list).toEqual([{ token: 'p4' }]);
  });

  it('has of an error what it is and where, never the command that Redis refused', () => {
    const { logger, lines } = captured();
    const refused = Object.assign(new Error('WRONGTYPE'), {
      code: 'E1',
      command: { name: 'evalsha', args: ['hello'] },
    });
    logger.error({ err: new Error('outer', { cause: refused }), last: refused }, 'x');
    logger.error(refused);
    logger.error({ err: new AggregateError([refused], 'all failed') }, 'y');
    expect(lines.join('')).not.toContain('hello');
    const err = { type: 'Error', message: 'WRONGTYPE', code: 'E1', stack: expect.stringContaining(' at ') };
    expect(parsed(lines)).toMatchObject([
      { err: { message: 'outer', cause: err }, last: err },
      { msg: 'WRONGTYPE', err },
      { err: { type: 'AggregateError', errors: [err] } },
    ]);
  });

  it('survives circles and bytes', () => {
    const { logger, lines } = captured();
    const circle: Record<string, unknown> = { body: Buffer.from('hello'), at: new Date(0) };
    circle['self'] = circle;
    logger.info(circle, 'x');
    expect(parsed(lines)).toMatchObject([{ body: '[5 bytes]', at: '1970-01-01T00:00:00.000Z' }]);
    expect(lines.join('')).toContain('[deep]');
  });
});

describe("Nest's log", () => {
  it('keeps what Nest says of a normal start at debug', () => {
    const { logger, lines } = captured();
    const nest = new PinoNestLogger(logger);
    nest.log('Nest application successfully started', 'NestApplication');
    nest.log('reads the feed', 'FeedServer');
    nest.warn('odd', 'Router');
    expect(parsed(lines)).toMatchObject([
      { level: 30, msg: 'reads the feed', context: 'FeedServer' },
      { level: 40, msg: 'odd', context: 'Router' },
    ]);
  });

  it('tells the stack of an error from its context', () => {
    const { logger, lines } = captured();
    const nest = new PinoNestLogger(logger);
    const stack = 'Error: x\n    at y.js:1:1';
    nest.error('failed', stack, 'Router');
    nest.error('failed', stack);
    nest.error(new Error('thrown'), undefined, 'Router');
    nest.fatal({ password: 'p1' });
    expect(parsed(lines)).toMatchObject([
      { level: 50, msg: 'failed', stack, context: 'Router' },
      { level: 50, msg: 'failed', stack },
      { level: 50, msg: 'thrown', err: { type: 'Error' }, context: 'Router' },
      { level: 60, details: { password: '[hidden]' } },
    ]);
    expect(parsed(lines)[1]).not.toHaveProperty('context');
  });

  it('has all of its levels', () => {
    const { logger, lines } = captured('trace');
    const nest = new PinoNestLogger(logger);
    nest.debug('d', 'X');
    nest.verbose('v', 'X');
    expect(parsed(lines)).toMatchObject([{ level: 20 }, { level: 10 }]);
  });
});

describe('correlationId', () => {
  it('keeps a sound id of the caller', () => {
    expect(correlationId('req-1.a_B')).toBe('req-1.a_B');
  });

  it.each([undefined, '', 'a b', 'a\nb', 'x'.repeat(65)])('makes a new one instead of %j', (header) => {
    const id = correlationId(header);
    expect(id).toMatch(/^[A-Za-z0-9_-]{10,20}$/);
    expect(correlationId(header)).not.toBe(id);
  });
});

describe('Metrics', () => {
  it('count and time under the names of the table', async () => {
    const metrics = createMetrics({ service: 'test' });
    metrics.counter('parley_append_conflicts_total').inc();
    metrics.histogram('parley_http_request_duration_seconds').labels({ route: '/x', status: '200' }).observe(0.002);
    let trips = 7;
    metrics.observed('parley_store_round_trips_total', () => trips);
    expect(await metrics.text()).toContain('parley_store_round_trips_total{service="test"} 7');
    trips = 9;
    const text = await metrics.text();
    expect(text).toContain('parley_append_conflicts_total{service="test"} 1');
    expect(text).toContain('parley_http_request_duration_seconds_count{service="test",route="/x",status="200"} 1');
    expect(text).toContain('parley_store_round_trips_total{service="test"} 9');
    expect(text).toContain('nodejs_eventloop_lag_seconds');
  });

  it('all have a help text', () => {
    for (const { help } of Object.values(METRICS)) expect(help).toMatch(/\.$/);
  });
});
