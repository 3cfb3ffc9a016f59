import { type DynamicModule, Module } from '@nestjs/common';
import { ServiceStorage } from '@app/event-store';
import { ChatController } from './chat/chat.controller.js';
import { Chats } from './chat/chats.js';
import type { Runtime } from './runtime.js';
import { ServiceController } from './service/service.controller.js';
import { Services } from './service/services.js';
import { StorageController } from './service/storage.controller.js';

/** What customers' applications reach. */
@Module({})
export class PublicModule {
  static with({ services, chats, storage }: Runtime): DynamicModule {
    return {
      module: PublicModule,
      controllers: [ChatController, StorageController, ServiceController],
      providers: [
        { provide: Services, useValue: services },
        { provide: Chats, useValue: chats },
        { provide: ServiceStorage, useValue: storage },
      ],
    };
  }
}
