import { closeSync, openSync, writeSync } from 'node:fs';
import { devNull } from 'node:os';
import { type Settings, readSettings } from '@app/config';
import { createServiceDecider, recordEvents } from '@app/domain';
import { chainHash, emptyFolded, type Folded, foldOne, writeCheckpoint } from '@app/event-store';
import { correlationId, createLogger, createMetrics } from '@app/observability';
import { parseParameters, readRefresh, serviceEventCodec, transcriptReply } from '@app/wire';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequestReader } from '../../../apps/gateway/src/http/request-reader.js';
import type { BenchOptions } from '../measure/options.js';
import { ChatHistory } from './chat-history.js';
import { timeOf } from './time-of.js';

/** One part of the way of a message through the gateway. */
export interface Part {
  readonly name: string;
  readonly us: number;
  /** False for what no successful request at the default settings does. */
  readonly isOnTheWay: boolean;
}

const BODY = Buffer.from('message=Hello%2C+where+is+my+order%3F');
const CONTENT_TYPE = 'application/x-www-form-urlencoded';
const CHECKPOINT_EVERY = 64;

const requestLimits = (settings: Settings) => ({
  formBytes: settings.formLimitBytes,
  multipartBytes: settings.multipartLimitBytes,
  fields: settings.formFieldsMax,
  nameLength: 256,
  valueLength: settings.formLimitBytes,
});

/** As much of a request as the reader looks at. */
const asRequest = (): FastifyRequest =>
  ({
    body: BODY,
    query: {},
    headers: { 'content-type': CONTENT_TYPE },
    raw: { socket: { remoteAddress: '127.0.0.1' } },
  }) as unknown as FastifyRequest;

/** Measures the parts of the product one by one in this process: what each costs when nothing else runs. */
export const measureParts = ({ isQuick }: BenchOptions): readonly Part[] => {
  const us = (call: () => unknown): number => timeOf(call, isQuick ? 2 : 60);
  const settings = readSettings({ REDIS_URL: 'redis://127.0.0.1:1' });
  const limits = requestLimits(settings);
  const decider = createServiceDecider({ messagesPer10S: 1_000_000, messagesPerChat: 1_000_000 });

  const parse = () => parseParameters({ query: undefined, contentType: CONTENT_TYPE, body: BODY, limits });
  const reader = new RequestReader(settings);
  const [request, reply] = [asRequest(), {} as FastifyReply];
  const parameters = parse();
  const parseUs = us(parse);

  const { state, chat, last, atMs } = new ChatHistory(decider).withMessages(100);
  const text = 'Hello, where is my order?';
  const context = { atMs: atMs + 1_000, commandId: '~AAAAAAAA1', verbose: false };
  const decide = () =>
    recordEvents(
      last,
      decider.decide({ type: 'SendMessage', by: 'customer', text, atMs: context.atMs }, state),
      decider.isPositioned,
      context,
    );
  const [recorded] = decide();
  if (recorded === undefined) throw new Error('a message is decided to be an event');
  const folded: Folded<typeof state> = { ...emptyFolded(state), last };
  const stored = serviceEventCodec.encode(recorded, state);
  const hash = chainHash('0123456789012345678901', recorded, stored.line, stored.body);
  const frame = {
    serviceId: '00000000-0000-4000-8000-000000000000',
    chat,
    position: 102,
    positionAs: 'string',
    verbose: '',
  } as const;
  const duration = createMetrics({ service: 'bench' })
    .histogram('parley_http_request_duration_seconds')
    .labels({ route: '/genesys/1/service/:id/ixn/chat/refresh', status: '200' });
  const nowhere = openSync(devNull, 'w');
  const logger = createLogger({
    name: 'bench',
    level: 'info',
    destination: { write: (text) => void writeSync(nowhere, text) },
  });
  const line = { correlationId: 'AAAAAAAA-1', method: 'POST', status: 404, exception: 'SERVICE_NOT_FOUND' };

  try {
    return [
      { name: 'parameters of the form, within limits', us: parseUs, isOnTheWay: true },
      { name: 'validation of refresh', us: us(() => readRefresh(parameters)), isOnTheWay: true },
      {
        name: 'end user, idempotency key',
        us: Math.max(0, us(() => reader.read(request, reply)) - parseUs),
        isOnTheWay: true,
      },
      { name: 'decide, with the message rate', us: us(decide), isOnTheWay: true },
      {
        name: 'fold, with the memory of commands',
        us: us(() => foldOne({ ...folded, lines: [] }, decider.evolve, recorded, { line: stored.line, hash })),
        isOnTheWay: true,
      },
      { name: 'encode the event', us: us(() => serviceEventCodec.encode(recorded, state)), isOnTheWay: true },
      {
        name: 'hash chain',
        us: us(() => chainHash(hash, recorded, stored.line, stored.body)),
        isOnTheWay: true,
      },
      {
        name: 'checkpoint, a 64th of one',
        us: us(() => writeCheckpoint(folded, last)) / CHECKPOINT_EVERY,
        isOnTheWay: true,
      },
      { name: 'reply', us: us(() => transcriptReply(frame, [stored.line])), isOnTheWay: true },
      {
        name: 'metrics',
        us: us(() => {
          duration.observe(0.003);
        }),
        isOnTheWay: true,
      },
      { name: 'correlation id', us: us(() => correlationId(undefined)), isOnTheWay: true },
      {
        name: 'one log line, of a refusal',
        us: us(() => {
          logger.info(line, 'no service has this id');
        }),
        isOnTheWay: false,
      },
    ];
  } finally {
    closeSync(nowhere);
  }
};
