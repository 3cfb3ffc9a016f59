import { type DynamicModule, Module } from '@nestjs/common';
import { HealthController, Metrics, Readiness } from '@app/observability';
import type { Runtime } from './runtime.js';

/** What operators and agents reach, never customers. */
@Module({})
export class InternalModule {
  static with({ readiness, metrics }: Runtime): DynamicModule {
    return {
      module: InternalModule,
      controllers: [HealthController],
      providers: [
        { provide: Readiness, useValue: readiness },
        { provide: Metrics, useValue: metrics },
      ],
    };
  }
}
