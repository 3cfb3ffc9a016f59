import { HttpException } from '@nestjs/common';
import { DomainError } from '@app/domain';
import { IdentityError } from '@app/identity';
import { StoreUnavailableError } from '@app/redis';
import { RequestError, SchemaTooNewError } from '@app/wire';
import { AccessError } from './access-error.js';
import {
  ACCESS_REFUSALS,
  DOMAIN_REFUSALS,
  FRAMEWORK_REFUSALS,
  type Refusal,
  REQUEST_REFUSALS,
  SCHEMA_TOO_NEW,
  STORE_UNAVAILABLE,
} from './error-table.js';

/** What is answered instead of a reply. */
export interface Answer extends Refusal {
  readonly message: string;
  readonly exception: string;
  readonly allow?: readonly string[];
}

const REFUSALS_BY_STATUS: ReadonlyMap<number, Answer> = new Map(
  Object.entries(FRAMEWORK_REFUSALS).map(([exception, refusal]) => [refusal.status, { ...refusal, exception }]),
);

const FAULT: Answer = {
  status: 500,
  hasBody: true,
  message: 'the server failed to answer; the log names this request',
  exception: 'INTERNAL_ERROR',
};

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** The answer to an error, by the tables; 500 for what no table knows. */
export const answerOf = (error: unknown): Answer => {
  if (error instanceof DomainError) {
    return { ...DOMAIN_REFUSALS[error.code], message: error.message, exception: error.code };
  }
  if (error instanceof RequestError) {
    return { ...REQUEST_REFUSALS[error.kind], message: error.message, exception: error.kind };
  }
  if (error instanceof IdentityError || error instanceof AccessError) {
    return { ...ACCESS_REFUSALS[error.code], message: error.message, exception: error.code };
  }
  if (error instanceof StoreUnavailableError) {
    return { ...STORE_UNAVAILABLE, message: error.message, exception: error.code };
  }
  if (error instanceof SchemaTooNewError) {
    return { ...SCHEMA_TOO_NEW, message: error.message, exception: error.code };
  }
  const framework = FRAMEWORK_REFUSALS[codeOf(error)];
  if (framework !== undefined) return { ...framework, exception: codeOf(error) };
  // Nest hides what Fastify refuses behind exceptions of its own: the status is all that is left of it.
  return (error instanceof HttpException ? REFUSALS_BY_STATUS.get(error.getStatus()) : undefined) ?? FAULT;
};
