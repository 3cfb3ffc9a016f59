import { Controller, Delete, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { DomainError } from '@app/domain';
import { ServiceStorage } from '@app/event-store';
import { businessData, RequestError } from '@app/wire';
import type { FastifyReply } from 'fastify';
import type { V1Request } from '../http/request-reader.js';
import { V1 } from '../http/v1-request.js';
import { Services } from './services.js';

/** `/genesys/1/service/{id}/storage`: data that an application keeps with its service. */
@Controller('genesys/1/service/:id/storage')
export class StorageController {
  constructor(
    private readonly services: Services,
    private readonly storage: ServiceStorage,
  ) {}

  @Get()
  async all(@Param('id') id: string, @V1() { user }: V1Request): Promise<string> {
    await this.services.open(id, user);
    return JSON.stringify(await this.storage.all(id));
  }

  /** The raw bytes: what was stored may be a file. Never a type that a browser would run. */
  @Get(':key')
  async get(
    @Param('id') id: string,
    @Param('key') key: string,
    @V1() { user }: V1Request,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Buffer> {
    await this.services.open(id, user);
    const value = await this.storage.get(id, key);
    if (value === undefined) throw new DomainError('STORAGE_KEY_UNKNOWN', 'the service stores nothing under this key');
    void reply.header('content-type', 'text/plain;charset=UTF-8').header('x-content-type-options', 'nosniff');
    return value;
  }

  @Post()
  @HttpCode(200)
  async put(@Param('id') id: string, @V1() { parameters, user }: V1Request): Promise<string> {
    await this.services.open(id, user);
    const files = parameters.files.map(({ field, bytes }): [string, Buffer] => [field, bytes]);
    const pairs = [...Object.entries(businessData(parameters)), ...files];
    if (pairs.length === 0) {
      throw new RequestError('incorrect-value', 'storage: expected at least one key with its value');
    }
    await this.storage.put(id, pairs);
    return '{}';
  }

  /** One key: the value under the key's own name or `value`, or one file. */
  @Post(':key')
  @HttpCode(200)
  async putOne(
    @Param('id') id: string,
    @Param('key') key: string,
    @V1() { parameters, user }: V1Request,
  ): Promise<string> {
    await this.services.open(id, user);
    const value = parameters.get(key) ?? parameters.get('value') ?? parameters.files[0]?.bytes;
    if (value === undefined) throw new RequestError('incorrect-value', 'value: expected the value to store, got none');
    await this.storage.put(id, [[key, value]]);
    return '{}';
  }

  @Delete()
  @HttpCode(200)
  async removeAll(@Param('id') id: string, @V1() { user }: V1Request): Promise<string> {
    await this.services.open(id, user);
    await this.storage.remove(id);
    return '{}';
  }

  @Delete(':key')
  @HttpCode(200)
  async remove(@Param('id') id: string, @Param('key') key: string, @V1() { user }: V1Request): Promise<string> {
    await this.services.open(id, user);
    await this.storage.remove(id, key);
    return '{}';
  }
}
