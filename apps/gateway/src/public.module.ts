import { type DynamicModule, Module } from '@nestjs/common';
import { ServiceStorage } from '@app/event-store';
import { ChatController } from './chat/chat.controller.js';
import { Chats } from './chat/chats.js';
import { DIALOG_POLICY, DialogController, dialogPolicy } from './dialogs/dialog.controller.js';
import { Dialogs } from './dialogs/dialogs.js';
import { DEMO_PAGE, DemoPageController } from './pages/demo-page.controller.js';
import type { Runtime } from './runtime.js';
import { POKE_ACCESS, PokeController } from './service/poke.controller.js';
import { SERVICE_GATE, ServiceController } from './service/service.controller.js';
import { Services } from './service/services.js';
import { StorageController } from './service/storage.controller.js';

/** What customers' applications reach. */
@Module({})
export class PublicModule {
  static with({ services, chats, dialogs, storage, settings, mayPoke, mayCreate, demoPage }: Runtime): DynamicModule {
    return {
      module: PublicModule,
      controllers: [
        ChatController,
        StorageController,
        DialogController,
        PokeController,
        ServiceController,
        DemoPageController,
      ],
      providers: [
        { provide: Services, useValue: services },
        { provide: Chats, useValue: chats },
        { provide: Dialogs, useValue: dialogs },
        { provide: DIALOG_POLICY, useValue: dialogPolicy(settings.corsOrigins) },
        { provide: SERVICE_GATE, useValue: mayCreate },
        { provide: POKE_ACCESS, useValue: mayPoke },
        { provide: DEMO_PAGE, useValue: demoPage },
        { provide: ServiceStorage, useValue: storage },
      ],
    };
  }
}
