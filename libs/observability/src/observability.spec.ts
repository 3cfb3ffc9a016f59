import { correlationId } from './correlation-id.js';
import { createLogger } from './logger.js';
import { createMetrics, METRICS } from './metrics.js';
import { PinoNestLogger } from './pino-nest-logger.js';

const captured = (level = 'info') => {
  const lines: string[] = [];
  const logger = createLogger({ name: 'test', level, destination: { write: (line: string) => void lines.push(line) } });
  return { logger, lines };
};

describe('the log', () => {
  it('has one JSON line for an event, whatever its values hold', () => {
    const { logger, lines } = captured();
    logger.info({ path: 'a\n{"level":50,"msg":"forged"}' }, 'one\ntwo');
    expect(lines).toHaveLength(1);
    expect(lines[0]?.trimEnd()).not.toContain('\n');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ name: 'test', msg: 'one\ntwo' });
  });

  it('hides secrets wherever they stand', () => {
    const { logger, lines } = captured();
    logger.info({ password: 'p1', event: { text: 'p2', notificationId: 'p3' } }, 'x');
    expect(lines.join('')).not.toMatch(/p[123]/);
  });

  it('keeps what Nest says of a normal start at debug', () => {
    const { logger, lines } = captured();
    const nest = new PinoNestLogger(logger);
    nest.log('Nest application successfully started', 'NestApplication');
    nest.warn('odd', 'Router');
    expect(lines.map((line) => (JSON.parse(line) as { msg: string; context: string }).msg)).toEqual(['odd']);
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
