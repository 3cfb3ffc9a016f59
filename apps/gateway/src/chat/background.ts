import { DomainError, type ServiceCommand, type ServiceState } from '@app/domain';
import { isServiceId } from '@app/event-store';
import type { UserChats } from '@app/delivery';
import type { ServiceRepository } from '@app/runtime';
import { newCommandId } from '../service/command-id.js';

const isAway = (state: ServiceState | undefined): boolean =>
  state?.status === 'open' && state.chat !== null && state.chat.away !== null;

/** Applications that go to the background and come back: their chats say so, that agents see it and pushes take over. */
export class Background {
  constructor(
    private readonly services: Pick<ServiceRepository, 'execute' | 'view'>,
    private readonly chats: Pick<UserChats, 'list'>,
  ) {}

  /** The application of a chat took leave. */
  readonly leave = async (serviceId: string): Promise<void> => {
    if (isServiceId(serviceId)) await this.tell(serviceId, { type: 'GoAway' });
  };

  /** A user's application listens again. */
  readonly comeBack = async (user: string): Promise<void> => {
    const services = (await this.chats.list(user)).filter(isServiceId);
    await Promise.all(
      services.map(async (serviceId) => {
        if (isAway((await this.services.view(serviceId))?.state)) await this.tell(serviceId, { type: 'ComeBack' });
      }),
    );
  };

  private async tell(serviceId: string, command: ServiceCommand): Promise<void> {
    try {
      await this.services.execute(serviceId, { commandId: newCommandId(), commands: () => [command] });
    } catch (error) {
      // The service is over: there is nobody to tell.
      if (!(error instanceof DomainError)) throw error;
    }
  }
}
