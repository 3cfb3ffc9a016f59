import { type DynamicModule, Module } from '@nestjs/common';
import { HealthController, Metrics, Readiness } from '@app/observability';
import { DeadlineWatch } from './deadlines/deadline-watch.js';
import { DeadlinesController } from './deadlines/deadlines.controller.js';
import { Orchestration } from './orchestration/orchestration.js';
import { OrchestrationController } from './orchestration/orchestration.controller.js';
import { Robot } from './robot/robot.js';
import { RobotController } from './robot/robot.controller.js';
import type { Runtime } from './runtime.js';

/** What happens by itself: service logic, routing, timers, and the robot agent where it is wanted. */
@Module({})
export class WorkerModule {
  static with({ settings, readiness, metrics, robot, watch, orchestration }: Runtime): DynamicModule {
    return {
      module: WorkerModule,
      controllers: [
        ...[HealthController, DeadlinesController, OrchestrationController],
        ...(settings.demoAgent ? [RobotController] : []),
      ],
      providers: [
        { provide: Readiness, useValue: readiness },
        { provide: Metrics, useValue: metrics },
        { provide: DeadlineWatch, useValue: watch },
        { provide: Orchestration, useValue: orchestration },
        { provide: Robot, useValue: robot },
      ],
    };
  }
}
