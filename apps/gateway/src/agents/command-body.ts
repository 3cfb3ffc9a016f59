import type { FastifyRequest } from 'fastify';
import { RequestError } from '@app/wire';
import { CompiledValidator } from '../http/compiled-validator.js';

type Constructor<T> = new () => T;

const validators = new Map<Constructor<object>, CompiledValidator<object>>();

const validatorOf = <T extends object>(dto: Constructor<T>): CompiledValidator<object> => {
  let validator = validators.get(dto);
  if (validator === undefined) {
    validator = new CompiledValidator<object>(dto);
    validators.set(dto, validator);
  }
  return validator;
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const parse = (body: unknown): unknown => {
  if (!Buffer.isBuffer(body) || body.length === 0) return {};
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new RequestError('malformed', 'body: expected JSON in UTF-8');
  }
};

const readObject = ({ body, headers }: FastifyRequest): Record<string, unknown> => {
  const type = headers['content-type'];
  if (type !== undefined && type !== '' && !/^application\/json\s*(;|$)/i.test(type)) {
    throw new RequestError('unsupported-media-type', 'Content-Type: expected application/json');
  }
  const parsed = parse(body);
  if (!isObject(parsed)) throw new RequestError('incorrect-value', 'body: expected a JSON object');
  return parsed;
};

/**
 * Reads the JSON body of a command; none is an empty object.
 * @throws RequestError malformed; incorrect-value naming the field and what was expected
 */
export const readBody = <T extends object>(request: FastifyRequest, dto: Constructor<T>): T => {
  // null says as much as nothing, and what a command has no use for is left out.
  const value = new dto();
  const body = readObject(request);
  for (const name of Object.keys(value)) {
    const given = Object.hasOwn(body, name) ? body[name] : null;
    if (given !== null) (value as Record<string, unknown>)[name] = given;
  }
  validatorOf(dto).check(value);
  return value;
};

/** A command that has nothing more to say. @throws RequestError */
export const expectNoBody = (request: FastifyRequest): void => {
  readObject(request);
};

/** The client's own id of its command. @throws RequestError */
export const readKey = ({ headers }: FastifyRequest): string | undefined => {
  const key = headers['idempotency-key'];
  if (key === undefined || key === '') return undefined;
  if (typeof key === 'string' && /^[\x21-\x7e]{1,128}$/.test(key)) return key;
  throw new RequestError('incorrect-value', 'Idempotency-Key: expected 1 to 128 printable ASCII characters');
};
