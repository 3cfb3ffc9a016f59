import { IdentityError } from './identity-error.js';
import type { VerifiedClaims } from './jwt-verifier.js';
import { RememberedTokens } from './remembered-tokens.js';

describe('remembered tokens', () => {
  let nowMs: number;
  let asked: string[];
  let claims: VerifiedClaims;
  let refused: boolean;

  beforeEach(() => {
    nowMs = 1_000_000;
    asked = [];
    claims = { sub: 'ada', exp: 2_000 };
    refused = false;
  });

  const open = (max = 10): RememberedTokens =>
    new RememberedTokens(
      {
        verify: (token) => {
          asked.push(token);
          if (refused) return Promise.reject(new IdentityError('TOKEN_INVALID', 'no'));
          return Promise.resolve(claims);
        },
      },
      { now: () => nowMs, max },
    );

  it('are verified once a minute', async () => {
    const tokens = open();
    expect(await tokens.verify('a')).toEqual(claims);
    nowMs += 59_999;
    expect(await tokens.verify('a')).toEqual(claims);
    expect(asked).toEqual(['a']);
    nowMs += 1;
    refused = true;
    await expect(tokens.verify('a')).rejects.toThrow('no');
    expect(asked).toEqual(['a', 'a']);
  });

  it('are not believed beyond their end', async () => {
    claims = { sub: 'ada', exp: 1_010 };
    const tokens = open();
    await tokens.verify('a');
    nowMs = 1_009_999;
    await tokens.verify('a');
    nowMs = 1_010_000;
    await tokens.verify('a');
    await tokens.verify('a');
    expect(asked).toEqual(['a', 'a', 'a']);
  });

  it('are none that were refused', async () => {
    refused = true;
    const tokens = open();
    await expect(tokens.verify('a')).rejects.toThrow('no');
    refused = false;
    expect(await tokens.verify('a')).toEqual(claims);
  });

  it('are so many at most', async () => {
    const tokens = open(2);
    for (const token of ['a', 'b', 'a', 'c', 'a', 'b']) await tokens.verify(token);
    expect(asked).toEqual(['a', 'b', 'c', 'b']);
  });
});
