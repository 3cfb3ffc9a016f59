import { Cors } from './cors.js';

describe('Cors', () => {
  const cors = new Cors(['https://app.example.com', 'http://localhost:*']);

  it.each(['https://app.example.com', 'http://localhost:3000', 'http://localhost'])('answers %s', (origin) => {
    expect(cors.headersFor(origin)).toMatchObject({
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
    expect(cors.headersFor(origin)).toEqual({ vary: 'Origin' });
  });

  it('says nothing to applications that send no origin', () => {
    expect(cors.headersFor(undefined)).toEqual({});
  });
});
