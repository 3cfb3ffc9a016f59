import type { FastifyReply, FastifyRequest } from 'fastify';
import { Cors } from './cors.js';

const answerTo = (cors: Cors, origin: string | undefined): Record<string, string> => {
  const headers: Record<string, string> = {};
  const reply = {
    header: (name: string, value: string) => {
      headers[name] = value;
      return reply;
    },
  };
  cors.answer({ headers: { origin } } as FastifyRequest, reply as unknown as FastifyReply);
  return headers;
};

describe('Cors', () => {
  const cors = new Cors(['https://app.example.com', 'http://localhost:*']);

  it.each(['https://app.example.com', 'http://localhost:3000', 'http://localhost'])('answers %s', (origin) => {
    expect(answerTo(cors, origin)).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      vary: 'Origin',
    });
  });

  it.each([
    'https://evil.example',
    'http://localhost.evil.example',
    'http://localhost:3000.evil.example',
    'http://localhost:',
    'https://localhost:3000',
    'null',
  ])('tells %s nothing but that answers differ', (origin) => {
    expect(answerTo(cors, origin)).toEqual({ vary: 'Origin' });
  });

  it('says nothing to applications that send no origin', () => {
    expect(answerTo(cors, undefined)).toEqual({});
  });
});
