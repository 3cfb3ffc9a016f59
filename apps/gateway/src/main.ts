import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { readSettings, SettingsError } from '@app/config';
import { PinoNestLogger } from '@app/observability';
import { RefusalFilter } from './errors/refusal.filter.js';
import { createInternalAdapter, createPublicAdapter } from './http/listener.js';
import { InternalModule } from './internal.module.js';
import { PublicModule } from './public.module.js';
import { createRuntime, type Runtime } from './runtime.js';

/** sysexits: the configuration is wrong. */
const EXIT_CONFIG = 78;

const createApplications = async (runtime: Runtime): Promise<NestFastifyApplication[]> => {
  const logger = new PinoNestLogger(runtime.logger);
  const options = { bodyParser: false, logger, abortOnError: false } as const;
  const internal = await NestFactory.create<NestFastifyApplication>(
    InternalModule.with(runtime),
    createInternalAdapter(runtime),
    options,
  );
  const open = await NestFactory.create<NestFastifyApplication>(
    PublicModule.with(runtime),
    createPublicAdapter(runtime),
    options,
  );
  for (const app of [internal, open]) app.useGlobalFilters(new RefusalFilter(runtime.logger));
  const { internalHost, internalPort, host, port } = runtime.settings;
  await internal.listen(internalPort, internalHost);
  await open.listen(port, host);
  return [open, internal];
};

/** Reaching Redis may take long; requests meanwhile get a 503. */
const reachRedis = async ({ clock, logger }: Runtime): Promise<void> => {
  for (;;) {
    try {
      await clock.start();
      return;
    } catch (error) {
      logger.debug({ err: error }, 'Redis does not answer yet');
    }
  }
};

const stopOn = (signals: readonly NodeJS.Signals[], stop: (reason: string) => void): void => {
  for (const signal of signals) process.once(signal, stop);
  // Started by a launcher: its end is ours.
  if (process.send !== undefined) {
    process.once('disconnect', () => {
      stop('disconnect');
    });
  }
};

const start = async (): Promise<void> => {
  const runtime = createRuntime(readSettings(process.env));
  const { logger, settings, readiness, connections, wakes, clock } = runtime;
  const applications = await createApplications(runtime);
  logger.info({ port: settings.port, internalPort: settings.internalPort }, 'gateway listens');
  let isStopping = false;
  stopOn(['SIGTERM', 'SIGINT'], (reason) => {
    if (isStopping) return;
    isStopping = true;
    logger.info({ reason }, 'gateway drains');
    readiness.drain();
    setTimeout(() => {
      logger.error('requests were still open when time was up');
      process.exit(1);
    }, settings.shutdownTimeoutMs).unref();
    void Promise.all(applications.map((app) => app.close())).then(() => {
      clock.stop();
      wakes.close();
      for (const connection of connections) connection.disconnect();
      logger.info('gateway stopped');
      process.exit(0);
    });
  });
  await reachRedis(runtime);
  readiness.open();
  logger.info('gateway is ready');
};

start().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`gateway: ${message}\n`);
  process.exit(error instanceof SettingsError ? EXIT_CONFIG : 1);
});
