import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Every metric of ours: what it counts and its labels. docs/operations.md lists them. */
export const METRICS = {
  parley_http_request_duration_seconds: {
    kind: 'histogram',
    help: 'Time from the head of a request to the end of its reply, by route and status.',
    labels: ['route', 'status'],
  },
  parley_requests_in_flight: {
    kind: 'gauge',
    help: 'Requests that are in work just now, held connects apart.',
    labels: [],
  },
  parley_shed_total: {
    kind: 'counter',
    help: 'Requests that were turned away because there was too much to do, by reason.',
    labels: ['reason'],
  },
  parley_append_conflicts_total: {
    kind: 'counter',
    help: 'Appends that another writer came before; each was decided again.',
    labels: [],
  },
  parley_store_round_trips_total: {
    kind: 'counter',
    help: 'Calls sent to Redis by the event store, tries included.',
    labels: [],
  },
  parley_rolled_back_total: {
    kind: 'counter',
    help: 'Streams that had less than was answered before: Redis lost writes.',
    labels: [],
  },
  parley_feed_handled_total: { kind: 'counter', help: 'Feed entries handled.', labels: [] },
  parley_feed_failures_total: {
    kind: 'counter',
    help: 'Feed entries whose handler failed, tries included.',
    labels: [],
  },
  parley_dead_letters_total: { kind: 'counter', help: 'Feed entries put to the dead letters.', labels: [] },
  parley_deadlines_met_total: {
    kind: 'counter',
    help: 'Deadlines that ended or alerted something, by kind.',
    labels: ['kind'],
  },
  parley_logic_failures_total: {
    kind: 'counter',
    help: 'Services whose logic threw, looped or answered nonsense; their status is error.',
    labels: [],
  },
  parley_pushes_total: {
    kind: 'counter',
    help: 'Pushes to devices that came to an end, by channel and outcome.',
    labels: ['channel', 'outcome'],
  },
  parley_webhooks_total: {
    kind: 'counter',
    help: 'Webhooks that were taken or refused, by outcome.',
    labels: ['outcome'],
  },
  parley_cometd_held_connects: { kind: 'gauge', help: 'Bayeux connects that are held just now.', labels: [] },
  parley_cometd_websockets: { kind: 'gauge', help: 'Open Bayeux websockets.', labels: [] },
} as const;

export type MetricName = keyof typeof METRICS;
type NameOf<Kind extends string> = {
  [Name in MetricName]: (typeof METRICS)[Name]['kind'] extends Kind ? Name : never;
}[MetricName];

/** Bounds of the latency histograms, in seconds. */
const LATENCY_BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** The metrics of one process. On hot paths ask for a label child once (`labels(…)`) and keep it. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly counters = new Map<string, Counter>();
  private readonly histograms = new Map<string, Histogram>();

  constructor(service: string) {
    this.registry.setDefaultLabels({ service });
    collectDefaultMetrics({ register: this.registry });
  }

  counter(name: NameOf<'counter'>): Counter {
    let counter = this.counters.get(name);
    if (counter === undefined) {
      const { help, labels } = METRICS[name];
      counter = new Counter({ name, help, labelNames: [...labels], registers: [this.registry] });
      this.counters.set(name, counter);
    }
    return counter;
  }

  histogram(name: NameOf<'histogram'>): Histogram {
    let histogram = this.histograms.get(name);
    if (histogram === undefined) {
      const { help, labels } = METRICS[name];
      histogram = new Histogram({
        name,
        help,
        labelNames: [...labels],
        buckets: LATENCY_BUCKETS_S,
        registers: [this.registry],
      });
      this.histograms.set(name, histogram);
    }
    return histogram;
  }

  /** A value that something else counts, read when the metrics are asked for. */
  observed(name: NameOf<'counter'>, read: () => number): void {
    const counter = this.counter(name);
    Object.assign(counter, {
      collect: () => {
        counter.reset();
        counter.inc(read());
      },
    });
  }

  /** A state of now, read when the metrics are asked for. */
  gauge(name: NameOf<'gauge'>, read: () => number): void {
    const gauge: Gauge = new Gauge({
      name,
      help: METRICS[name].help,
      registers: [this.registry],
      collect: () => {
        gauge.set(read());
      },
    });
  }

  /** The Prometheus text format. */
  text(): Promise<string> {
    return this.registry.metrics();
  }
}

export const createMetrics = ({ service }: { readonly service: string }): Metrics => new Metrics(service);
