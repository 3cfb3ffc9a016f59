import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { Body, Controller, Header, HttpCode, Inject, Module, Param, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { fastify } from 'fastify';
import { createWrites, report } from '../bare-process.js';
import { BareWrites } from '../bare-writes.js';

// The bare write behind one route of Nest on Fastify, with no pipe, guard, filter or interceptor.
const { writes, ids } = await createWrites();

@Controller('genesys/1/service/:id/ixn/chat')
class RefreshController {
  constructor(@Inject(BareWrites) private readonly bare: BareWrites) {}

  @Post('refresh')
  @HttpCode(200)
  @Header('content-type', 'application/json;charset=UTF-8')
  refresh(@Param('id') id: string, @Body() form: string): Promise<string> {
    return this.bare.write(id, form);
  }
}

@Module({ controllers: [RefreshController], providers: [{ provide: BareWrites, useValue: writes }] })
class LayerModule {}

// The adapter brings a Fastify of its own along, which may differ from that of the rung below in types and in speed.
const brings = process.env['FASTIFY_OF'] === 'nest';
const adapter = brings
  ? new FastifyAdapter({ logger: false })
  : new FastifyAdapter(fastify({ logger: false }) as unknown as ConstructorParameters<typeof FastifyAdapter>[0]);
adapter
  .getInstance()
  .addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body);
  });
const app = await NestFactory.create<NestFastifyApplication>(LayerModule, adapter, {
  bodyParser: false,
  logger: false,
});
await app.listen(0, '127.0.0.1');
report({ port: (app.getHttpServer().address() as AddressInfo).port, ids });
