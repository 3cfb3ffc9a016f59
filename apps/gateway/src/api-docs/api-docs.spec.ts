import 'reflect-metadata';
import { RequestMethod } from '@nestjs/common';
import { audienceOf, type ServiceEvent } from '@app/domain';
import { AgentChatsController } from '../agents/agent-chats.controller.js';
import { DeskController } from '../agents/desk.controller.js';
import { SupervisionController } from '../agents/supervision.controller.js';
import { PokeController } from '../service/poke.controller.js';
import { ApiDocs } from './api-docs.js';

interface Controller {
  readonly prototype: object;
}

/** What Nest serves by a controller: `GET /agent/v1/me`. */
const routesOf = (controller: Controller): readonly string[] => {
  const prefix = Reflect.getMetadata('path', controller) as string;
  return Object.getOwnPropertyNames(controller.prototype).flatMap((name) => {
    const handler = (controller.prototype as Readonly<Record<string, object>>)[name] ?? {};
    const method = Reflect.getMetadata('method', handler) as RequestMethod | undefined;
    if (method === undefined) return [];
    const path = Reflect.getMetadata('path', handler) as string;
    const whole = `/${prefix}/${path}`.replace(/\/+$/, '').replace(':id', '{id}');
    return [`${RequestMethod[method]} ${whole}`];
  });
};

const { openapi, asyncapi } = new ApiDocs() as unknown as {
  readonly openapi: { readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
  readonly asyncapi: { readonly components: { readonly schemas: Readonly<Record<string, unknown>> } };
};

describe('the documents of the Agent API', () => {
  it('have every call that is served, and no other', () => {
    const documented = Object.entries(openapi.paths).flatMap(([path, operations]) =>
      Object.keys(operations)
        .filter((key) => key !== 'parameters')
        .map((method) => `${method.toUpperCase()} ${path}`),
    );
    const served = [DeskController, AgentChatsController, SupervisionController, PokeController].flatMap(routesOf);
    expect(documented.sort()).toEqual([...served].sort());
  });

  it('have every event that agents are told', () => {
    const names = Object.keys(asyncapi.components.schemas).filter((name) => /^[A-Z]/.test(name));
    const ofServices = names.filter((name) => {
      const audience = audienceOf({ type: name as ServiceEvent['type'] }) as string | undefined;
      return audience !== undefined;
    });
    const told = ofServices.filter((name) => audienceOf({ type: name as ServiceEvent['type'] }) !== 'system');
    expect(told).toEqual(ofServices);
    expect(told).toHaveLength(27);
  });
});
