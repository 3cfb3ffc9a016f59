import { IsInt, IsOptional, MaxLength, Min } from 'class-validator';
import { CompiledValidator } from './compiled-validator.js';
import { RequestHeadersDto } from './request-headers.dto.js';

class Sample {
  @IsOptional()
  @MaxLength(3)
  name: string | undefined;

  @IsInt()
  @Min(1, { message: ({ value }) => `count: expected at least 1, got ${String(value)}` })
  count = 1;
}

describe('CompiledValidator', () => {
  const validator = new CompiledValidator(Sample);

  it('lets through what the decorators allow', () => {
    expect(validator.check({ name: 'abc', count: 2 })).toEqual({ name: 'abc', count: 2 });
    expect(validator.check({ name: undefined, count: 1 })).toEqual({ name: undefined, count: 1 });
  });

  it.each([
    [{ name: 'abcd', count: 1 }, 'name must be shorter than or equal to 3 characters'],
    [{ name: undefined, count: 0 }, 'count: expected at least 1, got 0'],
    [{ name: undefined, count: 1.5 }, 'count must be an integer number'],
  ])('refuses %j', (dto, message) => {
    expect(() => validator.check(dto)).toThrow(expect.objectContaining({ kind: 'incorrect-value', message }));
  });
});

describe('RequestHeadersDto', () => {
  const validator = new CompiledValidator(RequestHeadersDto);

  it.each([
    [{ user: 'u'.repeat(257), idempotencyKey: undefined }, 'gms_user'],
    [{ user: undefined, idempotencyKey: 'a b' }, 'Idempotency-Key'],
    [{ user: undefined, idempotencyKey: 'k'.repeat(129) }, 'Idempotency-Key'],
  ])('refuses %j', (dto, name) => {
    expect(() => validator.check(dto)).toThrow(name);
  });
});
