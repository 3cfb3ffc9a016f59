import { type DynamicModule, Module } from '@nestjs/common';
import { AgentIdentities } from '@app/identity';
import { HealthController, Metrics, Readiness } from '@app/observability';
import { NodeStatus } from './admin/node-status.js';
import { NodeController } from './admin/node.controller.js';
import { AgentChats } from './agents/agent-chats.js';
import { AgentChatsController } from './agents/agent-chats.controller.js';
import { AgentDesk } from './agents/agent-desk.js';
import { DeskChoices } from './agents/desk-choices.js';
import { DeskController } from './agents/desk.controller.js';
import { Supervision } from './agents/supervision.js';
import { SupervisionController } from './agents/supervision.controller.js';
import { ApiDocs } from './api-docs/api-docs.js';
import { ApiDocsController } from './api-docs/api-docs.controller.js';
import { DESK_PAGE, DeskPageController } from './pages/desk-page.controller.js';
import type { Runtime } from './runtime.js';
import { POKE_ACCESS, PokeController } from './service/poke.controller.js';
import { Services } from './service/services.js';

/** What operators and agents reach, never customers. */
@Module({})
export class InternalModule {
  static with(runtime: Runtime): DynamicModule {
    const { readiness, metrics, identities, agentDesk, agentChats, supervision, deskChoices, services } = runtime;
    return {
      module: InternalModule,
      controllers: [
        ...[HealthController, DeskController, SupervisionController, AgentChatsController, PokeController],
        ...[ApiDocsController, DeskPageController, NodeController],
      ],
      providers: [
        { provide: Readiness, useValue: readiness },
        { provide: Metrics, useValue: metrics },
        { provide: AgentIdentities, useValue: identities },
        { provide: AgentDesk, useValue: agentDesk },
        { provide: AgentChats, useValue: agentChats },
        { provide: Supervision, useValue: supervision },
        { provide: DeskChoices, useValue: deskChoices },
        { provide: Services, useValue: services },
        { provide: NodeStatus, useValue: runtime.nodeStatus },
        { provide: ApiDocs, useValue: new ApiDocs() },
        { provide: DESK_PAGE, useValue: runtime.deskPage },
        // Who reaches this listener is an agent's desktop.
        { provide: POKE_ACCESS, useValue: () => true },
      ],
    };
  }
}
