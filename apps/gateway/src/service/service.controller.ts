import { Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { createdBasicReply, readCreate } from '@app/wire';
import type { V1Request } from '../http/request-reader.js';
import { V1 } from '../http/v1-request.js';
import { Services } from './services.js';

/** `/genesys/1/service/{name}` and `/{id}`: creation and end of a service. */
@Controller('genesys/1/service')
export class ServiceController {
  constructor(private readonly services: Services) {}

  @Post(':name')
  @HttpCode(200)
  async create(@Param('name') name: string, @V1() { parameters, user }: V1Request): Promise<string> {
    const create = readCreate(parameters);
    return createdBasicReply(await this.services.create(name, create, user), create.verbose);
  }

  @Get(':name')
  createByGet(@Param('name') name: string, @V1() request: V1Request): Promise<string> {
    return this.create(name, request);
  }

  @Delete(':id')
  @HttpCode(200)
  async drop(@Param('id') id: string, @V1() { user }: V1Request): Promise<string> {
    await this.services.drop(id, user);
    return '{}';
  }
}
