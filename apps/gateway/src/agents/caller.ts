import { type CanActivate, createParamDecorator, type ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AgentIdentities, type AgentProfile, type AgentRole, includesRole } from '@app/identity';
import type { FastifyRequest } from 'fastify';
import { AccessError } from '../errors/access-error.js';

interface CallerRequest extends FastifyRequest {
  /** Who sends it; the guard puts him there. */
  caller?: AgentProfile;
}

const ROLE = 'role';

/** The least role of those who may call this. */
export const LeastRole = (role: AgentRole): ReturnType<typeof SetMetadata> => SetMetadata(ROLE, role);

/** Lets in whom the token names, where his role allows it. */
@Injectable()
export class CallerGuard implements CanActivate {
  private readonly reflector = new Reflector();

  constructor(private readonly identities: AgentIdentities) {}

  /** @throws IdentityError, AccessError */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<CallerRequest>();
    const caller = await this.identities.identify(request.headers.authorization);
    const least = this.reflector.getAllAndOverride<AgentRole | undefined>(ROLE, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (least !== undefined && !includesRole(caller.role, least)) {
      throw new AccessError(`expected the role ${least} or more, got ${caller.role}`);
    }
    request.caller = caller;
    return true;
  }
}

/** The agent who sends a request. */
export const Caller = createParamDecorator((_: undefined, context: ExecutionContext): AgentProfile => {
  const { caller } = context.switchToHttp().getRequest<CallerRequest>();
  if (caller === undefined) throw new Error('a controller without CallerGuard has no caller');
  return caller;
});
