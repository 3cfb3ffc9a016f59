import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { readSettings } from '@app/config';
import { PinoNestLogger } from '@app/observability';
import { runProcess } from '@app/runtime';
import { RefusalFilter } from './errors/refusal.filter.js';
import { createInternalAdapter, createPublicAdapter } from './http/listener.js';
import { InternalModule } from './internal.module.js';
import { PublicModule } from './public.module.js';
import { createRuntime, type Runtime } from './runtime.js';

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

/** How often connections are looked for that have nothing more to do, in milliseconds. */
const IDLE_EVERY_MS = 50;

/** Closes the listeners, and each connection after its last answer: clients would keep it open for the next request. */
const closeAll = async (applications: readonly NestFastifyApplication[]): Promise<void> => {
  const timer = setInterval(() => {
    for (const app of applications) app.getHttpServer().closeIdleConnections();
  }, IDLE_EVERY_MS);
  await Promise.all(applications.map((app) => app.close()));
  clearInterval(timer);
};

runProcess('gateway', async () => {
  const runtime = createRuntime(readSettings(process.env));
  const { logger, settings, clock, readiness, cometd, agentCometd } = runtime;
  // Reaching Redis may take long; requests meanwhile get a 503.
  const applications = await createApplications(runtime);
  logger.info({ port: settings.port, internalPort: settings.internalPort }, 'gateway listens');
  return {
    ...{ logger, clock, readiness, shutdownTimeoutMs: settings.shutdownTimeoutMs },
    open: runtime.open,
    close: async () => {
      await Promise.all([cometd.drain(), agentCometd.drain()]);
      await closeAll(applications);
      await runtime.close();
    },
  };
});
