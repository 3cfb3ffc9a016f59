import 'reflect-metadata';
import type { MicroserviceOptions } from '@nestjs/microservices';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { readSettings } from '@app/config';
import { PinoNestLogger } from '@app/observability';
import { checkDurability, runProcess } from '@app/runtime';
import { createRuntime, type Runtime } from './runtime.js';
import { WorkerModule } from './worker.module.js';

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

runProcess('worker', async () => {
  const runtime = createRuntime(readSettings(process.env));
  const { logger, settings, clock, readiness, feed, sweep, routingSweep, robotPresence, queues, host } = runtime;
  const app = await createApplication(runtime);
  logger.info({ port: settings.workerPort, demoAgent: settings.demoAgent }, 'worker listens');
  return {
    ...{ logger, clock, readiness, shutdownTimeoutMs: settings.shutdownTimeoutMs },
    open: async () => {
      await checkDurability(settings, runtime.redis, logger);
      for (const queue of queues) queue.start();
      await app.startAllMicroservices();
      sweep.start();
      routingSweep.start();
      if (settings.demoAgent) robotPresence.start();
    },
    close: async () => {
      await robotPresence.stop();
      await feed.close();
      await Promise.all([sweep.stop(), routingSweep.stop()]);
      await host.close();
      await Promise.all(queues.map((queue) => queue.close()));
      runtime.providers?.close();
      await app.close();
      clock.stop();
      for (const connection of runtime.connections) connection.disconnect();
    },
  };
});
