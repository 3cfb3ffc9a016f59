import 'reflect-metadata';
import { setTimeout as pause } from 'node:timers/promises';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { readSettings, SettingsError } from '@app/config';
import { PinoNestLogger } from '@app/observability';
import { createRuntime, type Runtime } from './runtime.js';
import { WorkerModule } from './worker.module.js';

/** sysexits: the configuration is wrong. */
const EXIT_CONFIG = 78;
/** Pause between two attempts to reach Redis at the start, in milliseconds. */
const REACH_PAUSE_MS = 100;

const createApplication = async (runtime: Runtime): Promise<NestFastifyApplication> => {
  const app = await NestFactory.create<NestFastifyApplication>(
    WorkerModule.with(runtime),
    new FastifyAdapter({ forceCloseConnections: true }),
    { bodyParser: false, logger: new PinoNestLogger(runtime.logger), abortOnError: false },
  );
  app.connectMicroservice<MicroserviceOptions>({ strategy: runtime.feed });
  await app.listen(runtime.settings.workerPort, runtime.settings.workerHost);
  return app;
};

/** Nothing can be done before the time of Redis is known. */
const reachRedis = async ({ clock }: Runtime, stopping: AbortSignal): Promise<void> => {
  while (!clock.isSet && !stopping.aborted) {
    // Why it cannot be reached is logged by the connection itself.
    await clock.start().catch(() => pause(REACH_PAUSE_MS));
  }
};

/** Resolves with the reason when this process is told to stop. */
const toldToStop = (): Promise<string> =>
  new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
    // Started by a launcher: its end is ours.
    if (process.send === undefined) return;
    process.once('disconnect', () => {
      resolve('disconnect');
    });
  });

/** Finishes what has begun, in the order in which one needs the other. */
const drain = async (
  app: NestFastifyApplication,
  { feed, sweep, queue, clock, connections }: Runtime,
): Promise<void> => {
  await feed.close();
  await sweep.stop();
  await queue.close();
  await app.close();
  clock.stop();
  for (const connection of connections) connection.disconnect();
};

const stop = async (app: NestFastifyApplication, runtime: Runtime, reason: string): Promise<void> => {
  const { logger, readiness, settings } = runtime;
  logger.info({ reason }, 'worker drains');
  readiness.drain();
  setTimeout(() => {
    logger.error('work was still under way when time was up');
    process.exit(1);
  }, settings.shutdownTimeoutMs).unref();
  await drain(app, runtime);
  logger.info('worker stopped');
  process.exit(0);
};

const start = async (): Promise<void> => {
  const stopped = toldToStop();
  const runtime = createRuntime(readSettings(process.env));
  const { logger, settings, readiness, sweep, queue } = runtime;
  const app = await createApplication(runtime);
  logger.info({ port: settings.workerPort, demoAgent: settings.demoAgent }, 'worker listens');
  const stopping = new AbortController();
  void stopped.then((reason) => {
    stopping.abort();
    return stop(app, runtime, reason);
  });
  await reachRedis(runtime, stopping.signal);
  if (stopping.signal.aborted) return;
  await app.startAllMicroservices();
  queue.start();
  sweep.start();
  readiness.open();
  logger.info('worker is ready');
};

start().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`worker: ${message}\n`);
  process.exit(error instanceof SettingsError ? EXIT_CONFIG : 1);
});
