import { Controller, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { DomainError } from '@app/domain';
import { readPoke } from '@app/wire';
import type { FastifyReply } from 'fastify';
import { type ServiceHttpRequest, v1RequestOf } from '../http/v1-request.js';
import { clientCommandId } from './command-id.js';
import { Services } from './services.js';

/** Whether a listener lets a request poke. */
export type PokeAccess = (request: ServiceHttpRequest, token: string | undefined) => boolean;
export const POKE_ACCESS = Symbol('PokeAccess');

/** `POST /genesys/1/service/{id}/internal-poke`: an agent's desktop has the customer's device told. */
@Controller('genesys/1/service/:id/internal-poke')
export class PokeController {
  constructor(
    private readonly services: Services,
    @Inject(POKE_ACCESS) private readonly mayPoke: PokeAccess,
  ) {}

  /** Two bytes, once the poke is durably kept; the worker delivers it. */
  @Post()
  @HttpCode(200)
  async poke(@Req() http: ServiceHttpRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { id } = http.params;
    const { parameters, idempotencyKey } = v1RequestOf(http, reply);
    const { pokeMessage, token, businessData } = readPoke(parameters);
    if (!this.mayPoke(http, token)) {
      throw new DomainError(
        'SERVICE_NOT_FOUND',
        'no service has this id: it was never created, or it expired or was deleted',
      );
    }
    await this.services.poke(id, {
      text: pokeMessage,
      data: businessData,
      commandId: idempotencyKey === undefined ? undefined : clientCommandId(idempotencyKey),
    });
    return 'OK';
  }
}
